package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Propagation;
import io.txhost.Transaction;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.UnexpectedRollbackException;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * The contract's second part: failures of statements, commits and rollbacks, and the hooks that
 * hear of them.
 */
abstract class FailureContract<T> extends BoundaryContract<T> {

  @Test // A12
  void theUsersExceptionSurvivesAFailedRollback() throws Exception {
    SQLException failedRollback = new SQLException("connection lost", "08006");
    recorder().failNext(Call.ROLLBACK, failedRollback);
    IllegalStateException fromUser = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(1);
                          throw fromUser;
                        }))
        .isSameAs(fromUser)
        .satisfies(
            e -> {
              assertThat(e.getSuppressed()).hasSize(1);
              assertThat(everythingIn(e)).contains(failedRollback);
            });

    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "ROLLBACK failed", "ABORT");
    assertThat(rows()).isEmpty();
  }

  @Test // A12
  void theConnectionOfAFailedRollbackIsNotReused() throws Exception {
    useAPool(poolOptions().size(1));
    List<String> connections = new ArrayList<>();
    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          connections.add(connectionId());
                          recorder().failNext(Call.ROLLBACK, new SQLException("lost", "08006"));
                          throw new IllegalStateException("user");
                        }))
        .isInstanceOf(IllegalStateException.class);

    host().withTransaction(() -> connections.add(connectionId()));

    assertThat(connections).hasSize(2).doesNotHaveDuplicates();
  }

  @Test // A13
  void aDeferredConstraintFailsTheCommitWhichIsReportedAsRolledBack() throws Exception {
    assumeTrue(database().defersConstraints(), database() + " has no deferred constraints");
    run("drop table if exists claim");
    run("create table claim (id integer unique deferrable initially deferred)");
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          registerHooks(hooks);
                          insert(1);
                          execute(host().tx(), "insert into claim (id) values (7)");
                          execute(host().tx(), "insert into claim (id) values (7)");
                        }))
        .isInstanceOfSatisfying(TransactionCommitException.class, FailureContract::isRolledBack)
        .satisfies(e -> assertThat(everythingIn(e)).anyMatch(FailureContract::isUniqueViolation));

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().transcript())
        .startsWith("BEGIN", "SQL", "SQL", "SQL", "COMMIT failed")
        .endsWith("CLOSE");
    assertThat(rows()).isEmpty();
  }

  private static boolean isUniqueViolation(Throwable failure) {
    return failure instanceof SQLException sql && "23505".equals(sql.getSQLState());
  }

  private static void isRolledBack(TransactionCommitException failure) {
    assertThat(failure).isNotInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(failure.outcome()).isEqualTo(Transaction.Outcome.ROLLED_BACK);
  }

  @Test // A13
  void aCommitThatTheServerRefusedIsReportedAsRolledBack() throws Exception {
    SQLException refusal = new SQLException("could not serialize access", "40001");
    recorder().failNext(Call.COMMIT, refusal);
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(() -> insertWithHooks(hooks))
        .isInstanceOfSatisfying(TransactionCommitException.class, FailureContract::isRolledBack)
        .hasCause(refusal);

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().transcript()).startsWith("BEGIN", "SQL", "COMMIT failed");
    assertThat(rows()).isEmpty();
    theNextTransactionWorks();
  }

  @Test // A13
  void aCommitWhoseAnswerWasLostIsUnknownThoughItWasKept() throws Exception {
    SQLException lost = new SQLException("connection reset", "08006");
    recorder().loseAnswerOfNext(Call.COMMIT, lost);

    theCommitIsUnknown(lost);

    assertThat(rows()).containsExactly(1);
    theNextTransactionWorks();
  }

  @Test // A13
  void aCommitThatMayNotHaveArrivedIsUnknownThoughItWasNotKept() throws Exception {
    SQLException lost = new SQLException("no state at all");
    recorder().failNext(Call.COMMIT, lost);

    theCommitIsUnknown(lost);

    assertThat(rows()).isEmpty();
    theNextTransactionWorks();
  }

  private void theCommitIsUnknown(SQLException lost) {
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(() -> insertWithHooks(hooks))
        .isInstanceOfSatisfying(
            CommitOutcomeUnknownException.class,
            e -> assertThat(e.outcome()).isEqualTo(Transaction.Outcome.UNKNOWN))
        .hasCause(lost);

    assertThat(hooks).containsExactly("UNKNOWN");
    assertThat(recorder().transcript()).containsExactly("BEGIN", "SQL", "COMMIT failed", "ABORT");
  }

  private void insertWithHooks(List<String> hooks) throws Exception {
    host()
        .withTransaction(
            () -> {
              registerHooks(hooks);
              insert(1);
            });
  }

  private void theNextTransactionWorks() throws Exception {
    host().withTransaction(() -> insert(99));
    assertThat(rows()).contains(99);
  }

  @Test // A20
  void afterCommitAndAfterRollbackBeginTransactionsOfTheirOwnOnAPoolOfOne() throws Exception {
    useAPool(poolOptions().size(1));
    host()
        .withTransaction(
            () -> {
              insert(1);
              current().afterCommit(() -> insertInATransactionOfItsOwn(2));
              current().afterCompletion(outcome -> uncheck(() -> insertInATransactionOfItsOwn(3)));
            });
    assertThat(rows()).containsExactly(1, 2, 3);

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        () -> {
                          insert(4);
                          current().afterRollback(() -> insertInATransactionOfItsOwn(5));
                          throw new IllegalStateException("user");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(rows()).containsExactly(1, 2, 3, 5);
  }

  @Test // A20
  void hooksOfARequiresNewInsideAnotherBeginTheirOwnOnAPoolOfTwo() throws Exception {
    useAPool(poolOptions().size(2));
    host()
        .withTransaction(
            () -> {
              insert(1);
              host()
                  .withTransaction(
                      Propagation.REQUIRES_NEW,
                      () -> {
                        insert(2);
                        current().afterCommit(() -> insertInATransactionOfItsOwn(3));
                      });
              assertThat(rows()).containsExactly(2, 3);
              assertThatThrownBy(
                      () ->
                          host()
                              .withTransaction(
                                  Propagation.REQUIRES_NEW,
                                  () -> {
                                    insert(4);
                                    current().afterRollback(() -> insertInATransactionOfItsOwn(5));
                                    throw new IllegalStateException("user");
                                  }))
                  .isInstanceOf(IllegalStateException.class);
            });

    assertThat(rows()).containsExactly(1, 2, 3, 5);
  }

  private void insertInATransactionOfItsOwn(int id) throws Exception {
    if (host().isTransactionActive()) {
      throw new IllegalStateException("a hook ran inside a transaction");
    }
    host().withTransaction(() -> insert(id));
  }

  private static void uncheck(Block block) {
    try {
      block.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test // A24
  void aSwallowedFailureOfAStatementIsNoFalseCommit() throws Exception {
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
        .satisfies(e -> assertThat(everythingIn(e)).anyMatch(FailureContract::isUniqueViolation));

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
  void aTransactionLostInADeadlockSendsNothingMoreAndIsNoCommit() throws Exception {
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
  void aFailureOnTheClientsSideMayBeSwallowed() throws Exception {
    host()
        .withTransaction(
            () -> {
              insert(1);
              assertThat(catchThrowable(() -> failBeforeSending(host().tx()))).isNotNull();
              insert(2);
            });

    assertThat(recorder().transcript()).endsWith("COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test // A24
  void aTextualCommitIsReportedAndNothingIsKeptAfterIt() throws Exception {
    endedByText("commit");
  }

  @Test // A24
  void aTextualRollbackIsReportedAndNothingIsKeptAfterIt() throws Exception {
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
  void ddlIsRolledBackWithTheRestOrItsCommitIsReported() throws Exception {
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
  void aLostTransactionIsNoCommitWhereTheFailureIsExceptedFromRollback() throws Exception {
    IllegalArgumentException fromUser = new IllegalArgumentException("user");

    assertThatThrownBy(
            () ->
                host()
                    .withTransaction(
                        TransactionOptions.defaults().noRollbackFor(IllegalArgumentException.class),
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

  private static void swallow(Block failing) {
    assertThat(catchThrowable(failing::run)).isInstanceOf(Exception.class);
  }
}
