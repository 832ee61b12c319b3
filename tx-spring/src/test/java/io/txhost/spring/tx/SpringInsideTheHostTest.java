package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_MANDATORY;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NEVER;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRES_NEW;

import io.txhost.Isolation;
import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Inside a host's boundary Spring finds what it finds inside its own. */
class SpringInsideTheHostTest extends Bridged {

  @Test
  void whatSpringLooksUpIsTheTransactionsConnection() {
    host.withTransaction(
        () -> {
          assertThat(isActiveForSpring()).isTrue();
          assertThat(connectionsOut()).isZero();
          springInserts("a");
          hostInserts("b");
          var connection = DataSourceUtils.getConnection(pool);
          assertThat(DataSourceUtils.isConnectionTransactional(connection, pool)).isTrue();
          DataSourceUtils.releaseConnection(connection, pool);
          new org.springframework.jdbc.core.JdbcTemplate(new TransactionAwareDataSourceProxy(pool))
              .update("insert into item values ('c')");
          assertThat(connectionsOut()).isOne();
          assertThat(items()).isEmpty();
        });

    assertThat(items()).containsExactly("a", "b", "c");
  }

  @Test
  void demarcationOnWhatSpringLooksUpIsRefused() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      springInserts("a");
                      jdbc.execute(
                          (org.springframework.jdbc.core.ConnectionCallback<Void>)
                              connection -> {
                                connection.commit();
                                return null;
                              });
                    }))
        .rootCause()
        .isInstanceOf(io.txhost.TransactionException.class);
    assertThat(items()).isEmpty();
  }

  @Test
  void theFlagsAreTheBoundarys() {
    var options =
        TransactionOptions.defaults()
            .name("report")
            .readOnly(true)
            .isolation(Isolation.SERIALIZABLE);
    host.withTransaction(
        options,
        () -> {
          assertThat(nameForSpring()).isEqualTo("report");
          assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly()).isTrue();
          assertThat(TransactionSynchronizationManager.getCurrentTransactionIsolationLevel())
              .isEqualTo(TransactionDefinition.ISOLATION_SERIALIZABLE);
        });
  }

  @Test
  void synchronizationsAreCalledAroundTheHostsCommit() {
    host.withTransaction(
        () -> {
          listen("one");
          host.currentTransaction().orElseThrow().beforeCommit(() -> heard.add("host before"));
          host.currentTransaction().orElseThrow().afterCommit(() -> heard.add("host after"));
          springInserts("a");
        });

    assertThat(heard)
        .containsExactly(
            "host before",
            "one beforeCommit",
            "one beforeCompletion",
            "one afterCommit",
            "one COMMITTED",
            "host after");
  }

  @Test
  void synchronizationsHearOfTheHostsRollbackAndTheFailureLeavesAsItIs() {
    var failure = new IOException("checked");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen("one");
                      springInserts("a");
                      throw failure;
                    }))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();

    assertThat(heard).containsExactly("one beforeCompletion", "one ROLLED_BACK");
    assertThat(items()).isEmpty();
  }

  @Test
  void whatRunsBeforeTheCommitIsInsideAndWhatRunsAfterItIsOutside() {
    host.withTransaction(
        () -> {
          hostInserts("a");
          TransactionSynchronizationManager.registerSynchronization(
              new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                  hostInserts("before");
                }

                @Override
                public void afterCommit() {
                  assertThat(host.isTransactionActive()).isFalse();
                  assertThat(items()).containsExactly("a", "before");
                  springInserts("after 1");
                  hostInserts("after 2");
                }

                @Override
                public void afterCompletion(int status) {
                  springInserts("after 3");
                  heard.add("done");
                }
              });
        });

    assertThat(heard).containsExactly("done");
    assertThat(items()).containsExactly("a", "after 1", "after 2", "after 3", "before");
  }

  @Test
  void springsScopesJoin() {
    host.withTransaction(
        () -> {
          spring()
              .executeWithoutResult(
                  status -> {
                    assertThat(status.isNewTransaction()).isFalse();
                    springInserts("a");
                  });
          spring(PROPAGATION_MANDATORY).executeWithoutResult(status -> springInserts("b"));
          assertThatThrownBy(() -> spring(PROPAGATION_NEVER).executeWithoutResult(status -> {}))
              .isInstanceOf(IllegalTransactionStateException.class);
          assertThat(items()).isEmpty();
        });

    assertThat(items()).containsExactly("a", "b");
  }

  @Test
  void aScopeOfSpringsThatFailsMarksTheBoundary() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen("one");
                      springInserts("a");
                      spring().executeWithoutResult(TransactionStatus::setRollbackOnly);
                      assertThat(host.currentTransaction().orElseThrow().isRollbackOnly()).isTrue();
                    }))
        .isInstanceOf(io.txhost.UnexpectedRollbackException.class);
    assertThat(heard).containsExactly("one beforeCompletion", "one ROLLED_BACK");
    assertThat(items()).isEmpty();
  }

  @Test
  void aHostsBoundaryThatFailsInsideSpringsMarksWithItsFailureAsCause() {
    var failure = new IllegalStateException("inner");
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          springInserts("a");
                          assertThatThrownBy(
                                  () ->
                                      host.withTransaction(
                                          () -> {
                                            throw failure;
                                          }))
                              .isSameAs(failure);
                        }))
        .isInstanceOf(org.springframework.transaction.UnexpectedRollbackException.class)
        .rootCause()
        .isSameAs(failure);
    assertThat(items()).isEmpty();
  }

  @Test
  void itsOwnMarkUndoesTheBoundarySilently() {
    host.withTransaction(
        () -> {
          listen("one");
          springInserts("a");
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });
    assertThat(heard).containsExactly("one beforeCompletion", "one ROLLED_BACK");
    assertThat(items()).isEmpty();
  }

  @Test
  void theHostsRequiresNewSuspendsAndResumes() {
    host.withTransaction(
        () -> {
          listen("outer");
          springInserts("a");
          host.withTransaction(
              Propagation.REQUIRES_NEW,
              () -> {
                listen("inner");
                springInserts("b");
              });
          assertThat(items()).containsExactly("b");
          springInserts("c");
        });
    assertThat(items()).containsExactly("a", "b", "c");
    assertThat(heard)
        .containsExactly(
            "outer suspend",
            "inner beforeCommit",
            "inner beforeCompletion",
            "inner afterCommit",
            "inner COMMITTED",
            "outer resume",
            "outer beforeCommit",
            "outer beforeCompletion",
            "outer afterCommit",
            "outer COMMITTED");
  }

  @Test
  void withoutTransactionSuspendsAndResumes() {
    host.withTransaction(
        () -> {
          listen("outer");
          host.withoutTransaction(
              () -> {
                assertThat(isActiveForSpring()).isFalse();
                springInserts("a");
                assertThat(items()).containsExactly("a");
              });
          assertThat(isActiveForSpring()).isTrue();
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });
    assertThat(items()).containsExactly("a");
    assertThat(heard)
        .containsExactly(
            "outer suspend", "outer resume", "outer beforeCompletion", "outer ROLLED_BACK");
  }

  @Test
  void theHostsNestedIsASavepointForSpring() {
    host.withTransaction(
        () -> {
          listen("outer");
          springInserts("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            springInserts("b");
                            throw new IllegalStateException("nested");
                          }))
              .hasMessage("nested");
          host.withTransaction(Propagation.NESTED, () -> springInserts("c"));
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            springInserts("d");
                            spring().executeWithoutResult(TransactionStatus::setRollbackOnly);
                          }))
              .isInstanceOf(io.txhost.UnexpectedRollbackException.class);
        });
    assertThat(items()).containsExactly("a", "c");
    assertThat(heard)
        .startsWith(
            "outer savepoint",
            "outer savepointRollback",
            "outer savepoint",
            "outer savepoint",
            "outer savepointRollback",
            "outer beforeCommit");
  }

  @Test
  void aBoundaryThatIsEndedByHandIsOneForSpring() {
    try (ManualTransaction manual = host.begin()) {
      listen("one");
      springInserts("a");
      manual.commit();
    }
    try (ManualTransaction manual = host.begin()) {
      listen("two");
      springInserts("b");
      assertThat(manual).isNotNull();
    }
    assertThat(items()).containsExactly("a");
    assertThat(heard)
        .containsExactly(
            "one beforeCommit",
            "one beforeCompletion",
            "one afterCommit",
            "one COMMITTED",
            "two beforeCompletion",
            "two ROLLED_BACK");
  }

  @Test
  void threeLevelsMixed() {
    host.withTransaction(
        () -> {
          hostInserts("a");
          spring(PROPAGATION_REQUIRES_NEW)
              .executeWithoutResult(
                  status -> {
                    springInserts("b");
                    host.withTransaction(
                        Propagation.NESTED,
                        () -> spring().executeWithoutResult(inner -> springInserts("c")));
                    host.withTransaction(Propagation.REQUIRES_NEW, () -> springInserts("d"));
                    status.setRollbackOnly();
                  });
          springInserts("e");
        });
    assertThat(items()).containsExactly("a", "d", "e");
  }
}
