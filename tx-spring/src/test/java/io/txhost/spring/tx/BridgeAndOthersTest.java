package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRES_NEW;

import io.txhost.jdbi.JdbiAdapter;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Other managers, hosts, libraries and threads beside a bridge. */
class BridgeAndOthersTest extends Bridged {

  @Test
  void anotherManagersConnectionOfThePoolIsRefused() {
    var other = new TransactionTemplate(new DataSourceTransactionManager(pool));
    assertThatThrownBy(
            () ->
                other.executeWithoutResult(
                    status -> host.withTransaction(() -> springInserts("a"))))
        .isInstanceOf(io.txhost.TransactionException.class)
        .hasMessageStartingWith("TXH-642");
    assertThatThrownBy(
            () -> other.executeWithoutResult(status -> spring().executeWithoutResult(s -> {})))
        .hasStackTraceContaining("TXH-642");
  }

  @Test
  void aTransactionThatBeganBeforeTheManagerWasMadeIsNotMistaken() {
    var later = io.txhost.TransactionHost.create(io.txhost.jdbc.JdbcAdapter.over(pool));
    assertThatThrownBy(
            () ->
                later.withTransaction(
                    () ->
                        new TransactionTemplate(new TxHostTransactionManager(later))
                            .executeWithoutResult(status -> {})))
        .hasMessageStartingWith("TXH-641");
  }

  @Test
  void aSecondManagerOfTheHostServesItsTransactions() {
    var second = new TransactionTemplate(new TxHostTransactionManager(host));
    second.executeWithoutResult(
        outer -> {
          springInserts("a");
          spring().executeWithoutResult(inner -> assertThat(inner.isNewTransaction()).isFalse());
          host.withTransaction(() -> hostInserts("b"));
          outer.setRollbackOnly();
        });
    assertThat(items()).isEmpty();
  }

  @Test
  void twoHostsOverOnePoolSeeTheInnermostsConnection() {
    var second =
        io.txhost.TransactionHost.builder(io.txhost.jdbc.JdbcAdapter.over(pool))
            .name("second")
            .build();
    var seconds = new TransactionTemplate(new TxHostTransactionManager(second));
    host.withTransaction(
        () -> {
          listen("first");
          springInserts("a");
          seconds.executeWithoutResult(
              status -> {
                assertThat(status.isNewTransaction()).isTrue();
                springInserts("b");
              });
          assertThat(items()).containsExactly("b");
          springInserts("c"); // in the outer one's again
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });
    assertThat(items()).containsExactly("b");
    assertThat(heard)
        .containsExactly(
            "first suspend", "first resume", "first beforeCompletion", "first ROLLED_BACK");
  }

  @Test
  void jdbisOwnTransactionCallsAreOneWithSprings() {
    Jdbi jdbi = Jdbi.create(pool);
    var handles = JdbiAdapter.view(host, jdbi);
    jdbi.useTransaction(
        handle -> {
          handle.execute("insert into item values ('a')");
          springInserts("b");
          assertThat(isActiveForSpring()).isTrue();
          assertThat(handles.isTransactionActive()).isTrue();
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });
    spring()
        .executeWithoutResult(
            status -> {
              jdbi.useHandle(handle -> handle.execute("insert into item values ('c')"));
              springInserts("d");
            });
    assertThat(items()).containsExactly("c", "d");
  }

  @Test
  void tasksHaveSpringsConnectionAndWhatTheyRegisterIsToldAtTheEnd() {
    for (boolean fails : new boolean[] {false, true}) {
      heard.clear();
      Throwable thrown =
          catchThrowable(
              () ->
                  host.withTransaction(
                      () ->
                          host.inParallel(
                              java.util.List.<io.txhost.TransactionalRunnable<RuntimeException>>of(
                                  () -> springInserts("a" + fails),
                                  () -> {
                                    assertThat(isActiveForSpring()).isTrue();
                                    TransactionSynchronizationManager.registerSynchronization(
                                        new Heard("task"));
                                    spring().executeWithoutResult(s -> springInserts("b" + fails));
                                    if (fails) {
                                      throw new IllegalStateException("task");
                                    }
                                  }))));
      if (fails) {
        assertThat(thrown).hasMessage("task");
        assertThat(heard).containsExactly("task ROLLED_BACK");
      } else {
        assertThat(thrown).isNull();
        assertThat(heard)
            .containsExactly(
                "task beforeCommit", "task beforeCompletion", "task afterCommit", "task COMMITTED");
      }
    }
    assertThat(items()).containsExactly("afalse", "bfalse");
  }

  @Test
  void whatTasksRegisterIsToldOfARollbackThatNobodyExpected() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        host.inParallel(
                            java.util.List.<io.txhost.TransactionalRunnable<RuntimeException>>of(
                                () -> listen("task"),
                                () ->
                                    spring()
                                        .executeWithoutResult(
                                            TransactionStatus::setRollbackOnly)))))
        .isInstanceOf(io.txhost.UnexpectedRollbackException.class);
    assertThat(heard).endsWith("task ROLLED_BACK");
  }

  @Test
  void aDataSourceAroundThePoolIsServedWhereItIsNamed() {
    var proxy = new org.springframework.jdbc.datasource.DelegatingDataSource(pool);
    new TxHostTransactionManager(host, proxy);
    assertThatCode(
            () ->
                host.withTransaction(
                    () -> {
                      new JdbcTemplate(proxy).update("insert into item values ('a')");
                      springInserts("b");
                      assertThat(connectionsOut()).isOne();
                    }))
        .doesNotThrowAnyException();
    assertThat(items()).containsExactly("a", "b");
  }

  @Test
  void whereSpringAllowsNoSavepointsTheHostStillNests() {
    manager.setNestedTransactionAllowed(false);
    host.withTransaction(
        () -> {
          listen("one");
          springInserts("a");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          io.txhost.TransactionOptions.defaults()
                              .propagation(io.txhost.Propagation.NESTED),
                          () -> {
                            springInserts("b");
                            throw new IllegalStateException("asked");
                          }))
              .hasMessage("asked");
          assertThat(heard).isEmpty();
        });
    assertThat(items()).containsExactly("a");
  }

  @Test
  void aStatusThatIsMarkedByHandRollsBackSilently() {
    spring(PROPAGATION_REQUIRES_NEW).executeWithoutResult(TransactionStatus::setRollbackOnly);
  }
}
