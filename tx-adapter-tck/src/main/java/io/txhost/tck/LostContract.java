package io.txhost.tck;

import static io.txhost.TransactionOptions.defaults;
import static io.txhost.tck.Failures.everythingIn;
import static io.txhost.tck.Failures.tryTo;
import static io.txhost.tck.Rows.insertOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionException;
import io.txhost.UnexpectedRollbackException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A transaction that the server gave up is never a commit. */
interface LostContract<T> extends ContractTest<T> {

  @Test // A24
  default void aSwallowedFailureOfAStatementIsNoFalseCommit() throws Exception {
    if (database().losesTransactionOnFailure()) {
      aFailedStatementLosesTheTransaction();
    } else {
      aFailedStatementCostsNothing();
    }
  }

  private void aFailedStatementLosesTheTransaction() throws Exception {
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          registerHooks(hooks);
                          insert(1);
                          swallow(() -> insert(1));
                          assertThat(catchThrowable(() -> insert(2))).isNotNull();
                        }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .satisfies(e -> assertThat(everythingIn(e)).anyMatch(Failures::isUniqueViolation));

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL failed", "ROLLBACK", "CLOSE");
    assertThat(rows()).isEmpty();
  }

  private void aFailedStatementCostsNothing() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              swallow(() -> insert(1));
              insert(2);
            });

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL failed", "SQL", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A24
  default void aTransactionLostInADeadlockSendsNothingMoreAndIsNoCommit() throws Exception {
    run(insertOf(1));
    run(insertOf(2));
    try (Opponent opponent = new Opponent(database())) {
      opponent.takes(1);
      assertThatThrownBy(
              () ->
                  host()
                      .withTransaction(
                          () -> {
                            insert(3);
                            execute(host().tx(), Opponent.updateOf(2));
                            opponent.waitsFor(2);
                            swallow(() -> execute(host().tx(), Opponent.updateOf(1)));
                            assertThat(catchThrowable(() -> insert(4))).isNotNull();
                          }))
          .isInstanceOf(UnexpectedRollbackException.class);
    }

    assertThat(recorder().transcript())
        .containsExactly("BEGIN", "SQL", "SQL", "SQL failed", "ROLLBACK", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A24
  default void aFailureOnTheClientsSideMayBeSwallowed() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThat(catchThrowable(() -> underTest().failBeforeSending(host().tx())))
                  .isNotNull();
              insert(2);
            });

    assertThat(recorder().transcript()).endsWith("COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A24
  default void aTextualCommitIsReportedAndNothingIsKeptAfterIt() throws Exception {
    endedByText("commit");
  }

  @Test // A24
  default void aTextualRollbackIsReportedAndNothingIsKeptAfterIt() throws Exception {
    endedByText("rollback");
    assertThat(rows()).isEmpty();
  }

  private void endedByText(String sql) throws Exception {
    List<String> hooks = new CopyOnWriteArrayList<>();
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          registerHooks(hooks);
                          insert(1);
                          tryTo(() -> execute(host().tx(), sql));
                          assertThat(catchThrowable(() -> insert(2))).isNotNull();
                        }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().statements()).doesNotContain(insertOf(2));
    assertThat(rows()).doesNotContain(2);
    theNextTransactionWorks();
    run("delete from item where id = 99");
  }

  @Test // A24
  default void ddlIsRolledBackWithTheRestOrItsCommitIsReported() throws Exception {
    run("drop table if exists made");
    if (database().commitsOnDdl()) {
      ddlEndsTheTransaction();
    } else {
      ddlIsPartOfTheTransaction();
    }
  }

  private void ddlEndsTheTransaction() throws Exception {
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          tryTo(() -> execute(host().tx(), "create table made (id integer)"));
                          assertThat(catchThrowable(() -> insert(2))).isNotNull();
                        }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(recorder().statements()).doesNotContain(insertOf(2));
    assertThat(rows()).doesNotContain(2);
    theNextTransactionWorks();
  }

  private void ddlIsPartOfTheTransaction() throws Exception {
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          execute(host().tx(), "create table made (id integer)");
                          throw new IllegalStateException("user");
                        }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(rows()).isEmpty();
    assertThat(catchThrowable(() -> run("insert into made (id) values (1)"))).isNotNull();
  }

  @Test // A24, A3
  default void aLostTransactionIsNoCommitWhereTheFailureIsExceptedFromRollback() throws Exception {
    IllegalArgumentException fromUser = new IllegalArgumentException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        defaults().noRollbackFor(IllegalArgumentException.class),
                        () -> {
                          insert(1);
                          tryTo(() -> execute(host().tx(), "rollback"));
                          throw fromUser;
                        }))
        .isInstanceOf(TransactionException.class)
        .hasSuppressedException(fromUser);

    assertThat(recorder().transcript()).doesNotContain("COMMIT");
    assertThat(rows()).isEmpty();
  }

  private static void swallow(Failures.Block failing) {
    assertThat(catchThrowable(failing::run)).isInstanceOf(Exception.class);
  }
}
