package io.txhost.tck;

import static io.txhost.TransactionOptions.defaults;
import static io.txhost.tck.Failures.assertSays;
import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Propagation;
import io.txhost.TransactionAlreadyActiveException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionRequiredException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.test.RecordingDataSource;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where transactions begin and end, and who joins them. */
interface BoundaryContract<T> extends ContractTest<T> {

  @Test // A1
  default void oneTransactionOfTwoRepositoriesIsOneConnectionOneBeginBothStatementsAndOneCommit()
      throws Exception {
    String result =
        host()
            .withTransaction(
                () -> {
                  insert(1);
                  insert(2);
                  return "result";
                });

    assertThat(result).isEqualTo("result");
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(recorder().connectionsTaken()).isEqualTo(1);
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A3
  default void aCheckedExceptionRollsBackAndArrivesUnchanged() throws Exception {
    rollsBackAndArrivesUnchanged(new IOException("user"));
  }

  @Test // A3
  default void anUncheckedExceptionRollsBackAndArrivesUnchanged() throws Exception {
    rollsBackAndArrivesUnchanged(new IllegalStateException("user"));
  }

  @Test // A3
  default void anErrorRollsBackAndArrivesUnchanged() throws Exception {
    rollsBackAndArrivesUnchanged(new StackOverflowError("user"));
  }

  private void rollsBackAndArrivesUnchanged(Throwable fromUser) throws Exception {
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          throw fromUser;
                        }))
        .isSameAs(fromUser)
        .hasNoSuppressedExceptions();
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  @Test // A3
  default void aFailureExceptedFromRollbackCommitsAndIsThrownAllTheSame() throws Exception {
    IOException fromUser = new IOException("user");

    assertThatThrownBy(() -> insertAndThrow(fromUser, IOException.class)).isSameAs(fromUser);

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1);
  }

  @Test // A3
  default void whereTheCommitAfterAnExceptedFailureFailsThatIsThrownWithTheUsersSuppressed()
      throws Exception {
    IOException fromUser = new IOException("user");
    recorder().failNext(RecordingDataSource.Call.COMMIT, new SQLException("refused", "40001"));

    assertThatThrownBy(() -> insertAndThrow(fromUser, IOException.class))
        .isInstanceOf(TransactionCommitException.class)
        .hasSuppressedException(fromUser);

    assertThat(rows()).isEmpty();
  }

  private void insertAndThrow(Exception fromUser, Class<? extends Exception> excepted)
      throws Exception {
    host()
        .withTransaction(
            defaults().noRollbackFor(excepted),
            () -> {
              insert(1);
              throw fromUser;
            });
  }

  @ParameterizedTest // A5
  @EnumSource(names = {"REQUIRED", "SUPPORTS", "MANDATORY"})
  default void aJoinerIsOnTheSameConnectionInTheSameTransactionOfTheDatabase(Propagation joining)
      throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              String connection = connectionId();
              String transaction = ask(database().transactionIdQuery());
              host()
                  .withTransaction(
                      joining,
                      () -> {
                        insert(2);
                        assertThat(connectionId()).isEqualTo(connection);
                        assertThat(ask(database().transactionIdQuery())).isEqualTo(transaction);
                      });
              assertThat(rows()).as("committed before the outer end").isEmpty();
            });

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL", "SQL", "SQL", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A10
  default void mandatoryWithNoneActiveIsRefusedAndNothingIsExecuted() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();

    assertThatThrownBy(() -> host().withTransaction(Propagation.MANDATORY, () -> ran.set(true)))
        .isInstanceOf(TransactionRequiredException.class);

    assertThat(ran).isFalse();
    assertThat(recorder().transcript()).isEmpty();
  }

  @Test // A10
  default void neverWithOneActiveIsRefusedAndNothingIsExecuted() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();

    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThatThrownBy(
                      () -> host().withTransaction(Propagation.NEVER, () -> ran.set(true)))
                  .isInstanceOf(TransactionAlreadyActiveException.class);
            });

    assertThat(ran).isFalse();
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
  }

  @Test // A11
  default void aJoinersFailureThatTheCallerSwallowedRollsBackAndIsReportedAsTheCause()
      throws Exception {
    IOException first = new IOException("first");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          swallowJoined(first);
                          swallowJoined(new IOException("second"));
                        }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(first);

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  private void swallowJoined(IOException failure) {
    assertThat(
            catchThrowable(
                () ->
                    host()
                        .withTransaction(
                            () -> {
                              throw failure;
                            })))
        .isNotNull();
  }

  @Test // A15
  default void aTransactionThatRanNoStatementTookNoConnectionOfAnExhaustedPool() throws Exception {
    useAPool(poolOptions().size(1));
    try (var held = pool().getConnection()) {
      assertThat(held).isNotNull();
      host()
          .withTransaction(
              () -> {
                underTest().touch(host().tx());
                for (int i = 0; i < 3; i++) {
                  host().withTransaction(Propagation.NESTED, () -> underTest().touch(host().tx()));
                }
                host().withTransaction(() -> underTest().touch(host().tx()));
              });
      assertThatThrownBy(
              () ->
                  host()
                      .withTransaction(
                          () -> {
                            underTest().touch(host().tx());
                            throw new IOException("user");
                          }))
          .isInstanceOf(IOException.class);
    }

    assertThat(recorder().connectionsTaken()).isZero();
    assertThat(recorder().transcript()).isEmpty();
  }

  @Test // A16
  default void theResourceOfAnEndedTransactionRefuses() throws Exception {
    T kept =
        host()
            .withTransaction(
                () -> {
                  insert(1);
                  return host().tx();
                });
    recorder().clear();

    assertSays(catchThrowable(() -> execute(kept, insertOf(2))), "host.tx()");

    assertThat(recorder().connectionsTaken()).isZero();
    assertThat(recorder().transcript()).isEmpty();
    assertThat(rows()).containsExactly(1);
  }

  @Test // A16
  default void theResourceOfAnEndedTransactionNeverReachesAnotherOnesConnection() throws Exception {
    useAPool(poolOptions().size(1));
    T kept =
        host()
            .withTransaction(
                () -> {
                  insert(1);
                  return host().tx();
                });

    host()
        .withTransaction(
            () -> {
              insert(2);
              assertThat(catchThrowable(() -> execute(kept, insertOf(3)))).isNotNull();
              assertThat(catchThrowable(() -> queryForString(kept, "select 1"))).isNotNull();
              insert(4);
            });

    assertThat(rows()).containsExactly(1, 2, 4);
  }
}
