package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_MANDATORY;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NESTED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NEVER;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NOT_SUPPORTED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRES_NEW;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_SUPPORTS;

import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.StatementCallback;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What Spring's users know of a transaction manager holds on a host. */
class SpringOnTheHostTest extends Bridged {

  @Test
  void whatSpringBeginsIsTheHostsTransactionAndOneCommit() {
    spring()
        .executeWithoutResult(
            status -> {
              springInserts("a");
              hostInserts("b");
              assertThat(status.isNewTransaction()).isTrue();
              assertThat(host.isTransactionActive()).isTrue();
              assertThat(isActiveForSpring()).isTrue();
              assertThat(connectionsOut()).isOne();
              assertThat(items()).isEmpty();
            });

    assertThat(items()).containsExactly("a", "b");
  }

  @Test
  void aFailureRollsBackAllAndLeavesAsItIs() {
    var failure = new IllegalStateException("user");

    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          springInserts("a");
                          hostInserts("b");
                          throw failure;
                        }))
        .isSameAs(failure);

    assertThat(items()).isEmpty();
  }

  @Test
  void withoutAStatementNoConnectionIsTaken() {
    spring().executeWithoutResult(status -> assertThat(connectionsOut()).isZero());
  }

  @Test
  void synchronizationsAreCalledInSpringsOrder() {
    spring()
        .executeWithoutResult(
            status -> {
              listen("one");
              springInserts("a");
            });

    assertThat(heard)
        .containsExactly(
            "one beforeCommit", "one beforeCompletion", "one afterCommit", "one COMMITTED");
  }

  @Test
  void aRollbackIsToldAsOne() {
    spring()
        .executeWithoutResult(
            status -> {
              listen("one");
              springInserts("a");
              status.setRollbackOnly();
            });

    assertThat(heard).containsExactly("one beforeCompletion", "one ROLLED_BACK");
    assertThat(items()).isEmpty();
  }

  @Test
  void requiresNewSuspendsAndResumes() {
    spring()
        .executeWithoutResult(
            outer -> {
              listen("outer");
              springInserts("a");
              spring(PROPAGATION_REQUIRES_NEW)
                  .executeWithoutResult(
                      inner -> {
                        assertThat(inner.isNewTransaction()).isTrue();
                        listen("inner");
                        hostInserts("b");
                      });
              assertThat(items()).containsExactly("b");
              outer.setRollbackOnly();
            });

    assertThat(items()).containsExactly("b");
    assertThat(heard)
        .containsExactly(
            "outer suspend",
            "inner beforeCommit",
            "inner beforeCompletion",
            "inner afterCommit",
            "inner COMMITTED",
            "outer resume",
            "outer beforeCompletion",
            "outer ROLLED_BACK");
  }

  @Test
  void notSupportedRunsWithoutAndComesBack() {
    spring()
        .executeWithoutResult(
            outer -> {
              springInserts("a");
              spring(PROPAGATION_NOT_SUPPORTED)
                  .executeWithoutResult(
                      inner -> {
                        assertThat(isActiveForSpring()).isFalse();
                        assertThat(host.isTransactionActive()).isFalse();
                        springInserts("b");
                        hostInserts("c");
                      });
              assertThat(host.isTransactionActive()).isTrue();
              outer.setRollbackOnly();
            });

    assertThat(items()).containsExactly("b", "c");
  }

  @Test
  void supportsAndMandatoryJoin() {
    spring()
        .executeWithoutResult(
            outer -> {
              for (int joining : new int[] {PROPAGATION_SUPPORTS, PROPAGATION_MANDATORY}) {
                spring(joining)
                    .executeWithoutResult(
                        inner -> {
                          assertThat(inner.isNewTransaction()).isFalse();
                          assertThat(isActiveForSpring()).isTrue();
                        });
              }
            });
  }

  @Test
  void mandatoryIsRefusedWithoutOneAndNeverWithOne() {
    assertThatThrownBy(() -> spring(PROPAGATION_MANDATORY).executeWithoutResult(status -> {}))
        .isInstanceOf(IllegalTransactionStateException.class);
    spring()
        .executeWithoutResult(
            outer ->
                assertThatThrownBy(
                        () -> spring(PROPAGATION_NEVER).executeWithoutResult(status -> {}))
                    .isInstanceOf(IllegalTransactionStateException.class));
  }

  @Test
  void supportsAndNeverRunWithoutOne() {
    for (int without : new int[] {PROPAGATION_SUPPORTS, PROPAGATION_NEVER}) {
      spring(without)
          .executeWithoutResult(
              status -> {
                assertThat(isActiveForSpring()).isFalse();
                assertThat(status.hasSavepoint()).isFalse();
                listen("without");
              });
    }
    assertThat(heard).filteredOn(what -> what.endsWith("COMMITTED")).hasSize(2);
  }

  @Test
  void aNestedFailureUndoesToItsSavepointAlone() {
    spring()
        .executeWithoutResult(
            outer -> {
              listen("outer");
              springInserts("a");
              assertThatThrownBy(
                      () ->
                          spring(PROPAGATION_NESTED)
                              .executeWithoutResult(
                                  nested -> {
                                    assertThat(nested.hasSavepoint()).isTrue();
                                    springInserts("b");
                                    throw new IllegalStateException("nested");
                                  }))
                  .hasMessage("nested");
              spring(PROPAGATION_NESTED).executeWithoutResult(nested -> hostInserts("c"));
            });

    assertThat(items()).containsExactly("a", "c");
    assertThat(heard).startsWith("outer savepoint", "outer savepointRollback", "outer savepoint");
  }

  @Test
  void aSavepointCanBeGoneBackToTwice() {
    spring()
        .executeWithoutResult(
            status -> {
              springInserts("a");
              Object savepoint = status.createSavepoint();
              springInserts("b");
              Object inner = status.createSavepoint();
              springInserts("c");
              status.rollbackToSavepoint(savepoint);
              springInserts("d");
              status.rollbackToSavepoint(savepoint);
              assertThatThrownBy(() -> status.rollbackToSavepoint(inner))
                  .hasMessageContaining("TXH-643");
              springInserts("e");
              status.releaseSavepoint(savepoint);
              status.createSavepoint();
              springInserts("f");
            });

    assertThat(items()).containsExactly("a", "e", "f");
  }

  @Test
  void aParticipantThatFailsMarksAndTheCommitSaysSo() {
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        outer -> {
                          listen("outer");
                          springInserts("a");
                          spring().executeWithoutResult(TransactionStatus::setRollbackOnly);
                          assertThat(outer.isRollbackOnly()).isTrue();
                        }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(io.txhost.UnexpectedRollbackException.class);

    assertThat(items()).isEmpty();
    assertThat(heard).containsExactly("outer beforeCompletion", "outer ROLLED_BACK");
  }

  @Test
  void nameReadOnlyAndIsolationAreSpringsAndTheHosts() {
    var definition = new DefaultTransactionDefinition();
    definition.setName("report");
    definition.setReadOnly(true);
    definition.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
    TransactionStatus status = manager.getTransaction(definition);
    try {
      assertThat(nameForSpring()).isEqualTo("report");
      assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly()).isTrue();
      assertThat(TransactionSynchronizationManager.getCurrentTransactionIsolationLevel())
          .isEqualTo(TransactionDefinition.ISOLATION_SERIALIZABLE);
      var seen = host.currentTransaction().orElseThrow();
      assertThat(seen.name()).isEqualTo("report");
      assertThat(seen.isReadOnly()).isTrue();
      assertThat(seen.isolation()).isEqualTo(io.txhost.Isolation.SERIALIZABLE);
      assertThatThrownBy(() -> springInserts("a")).isInstanceOf(RuntimeException.class);
    } finally {
      manager.rollback(status);
    }
  }

  @Test
  void aTimeoutIsTheHostsDeadline() {
    var template = spring();
    template.setTimeout(30);
    template.executeWithoutResult(
        status ->
            assertThat(host.currentTransaction().orElseThrow().remainingTime().orElseThrow())
                .isBetween(java.time.Duration.ofSeconds(20), java.time.Duration.ofSeconds(30)));
  }

  @Test
  void aTimeoutIsThatOfEachStatementOfSprings() {
    TransactionTemplate template = spring();
    template.setTimeout(60);
    template.executeWithoutResult(
        status ->
            assertThat(jdbc.execute((StatementCallback<Integer>) Statement::getQueryTimeout))
                .isBetween(1, 60));
  }

  @Test
  void aTransactionEndsOnce() {
    TransactionStatus status = manager.getTransaction(null);
    manager.commit(status);
    assertThatThrownBy(() -> manager.commit(status))
        .isInstanceOf(IllegalTransactionStateException.class);
    assertThatThrownBy(() -> manager.rollback(status))
        .isInstanceOf(IllegalTransactionStateException.class);
  }
}
