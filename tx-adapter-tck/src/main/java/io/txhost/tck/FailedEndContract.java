package io.txhost.tck;

import static io.txhost.tck.Failures.everythingIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Transaction;
import io.txhost.TransactionCommitException;
import io.txhost.test.RecordingDataSource.Call;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Commits and rollbacks that fail, or whose answer is lost. */
interface FailedEndContract<T> extends ContractTest<T> {

  @Test // A12
  default void theUsersExceptionSurvivesAFailedRollback() throws Exception {
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
  default void theConnectionOfAFailedRollbackIsNotReused() throws Exception {
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
  default void aDeferredConstraintFailsTheCommitWhichIsReportedAsRolledBack() throws Exception {
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
        .isInstanceOfSatisfying(TransactionCommitException.class, FailedEndContract::isRolledBack)
        .satisfies(e -> assertThat(everythingIn(e)).anyMatch(Failures::isUniqueViolation));

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().transcript())
        .startsWith("BEGIN", "SQL", "SQL", "SQL", "COMMIT failed")
        .endsWith("CLOSE");
    assertThat(rows()).isEmpty();
  }

  private static void isRolledBack(TransactionCommitException failure) {
    assertThat(failure).isNotInstanceOf(CommitOutcomeUnknownException.class);
    assertThat(failure.outcome()).isEqualTo(Transaction.Outcome.ROLLED_BACK);
  }

  @Test // A13
  default void aCommitThatTheServerRefusedIsReportedAsRolledBack() throws Exception {
    SQLException refusal = new SQLException("could not serialize access", "40001");
    recorder().failNext(Call.COMMIT, refusal);
    List<String> hooks = new CopyOnWriteArrayList<>();

    assertThatThrownBy(() -> insertWithHooks(hooks))
        .isInstanceOfSatisfying(TransactionCommitException.class, FailedEndContract::isRolledBack)
        .hasCause(refusal);

    assertThat(hooks).containsExactly("afterRollback", "ROLLED_BACK");
    assertThat(recorder().transcript()).startsWith("BEGIN", "SQL", "COMMIT failed");
    assertThat(rows()).isEmpty();
    theNextTransactionWorks();
  }

  @Test // A13
  default void aCommitWhoseAnswerWasLostIsUnknownThoughItWasKept() throws Exception {
    SQLException lost = new SQLException("connection reset", "08006");
    recorder().loseAnswerOfNext(Call.COMMIT, lost);

    theCommitIsUnknown(lost);

    assertThat(rows()).containsExactly(1);
    theNextTransactionWorks();
  }

  @Test // A13
  default void aCommitThatMayNotHaveArrivedIsUnknownThoughItWasNotKept() throws Exception {
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
}
