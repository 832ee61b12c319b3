package io.txhost.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.IncompatibleTransactionException;
import io.txhost.Isolation;
import io.txhost.Transaction;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionHost;
import io.txhost.UnexpectedRollbackException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.TransactionalRunnable;
import org.jooq.exception.ConfigurationException;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** jOOQ's own transactions are the host's. */
final class JooqTransactionsTest extends JooqFixture {

  @Test // A17
  void insideTheyAreSavepointsForEveryContext() {
    host.withTransaction(
        () -> {
          insert(host.tx(), 1);
          host.tx()
              .transaction(
                  outer -> {
                    insert(outer.dsl(), 2);
                    assertThat(current().isNested()).isTrue();
                    assertThatThrownBy(
                            () ->
                                dsl.transaction(
                                    inner -> {
                                      insert(inner.dsl(), 3);
                                      insert(host.tx(), 4);
                                      throw new IllegalStateException("user");
                                    }))
                        .hasMessage("user");
                    insert(dsl, 5);
                  });
          assertThat(current().isNested()).isFalse();
          int result = DSL.using(configuration).transactionResult(inner -> 6);
          insert(dsl, result);
        });

    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "SAVEPOINT",
            "SQL",
            "SQL",
            "ROLLBACK TO",
            "SQL",
            "RELEASE",
            "SQL",
            "COMMIT",
            "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 5, 6);
  }

  private Transaction current() {
    return host.currentTransaction().orElseThrow();
  }

  @Test // A22
  void outsideTheyAreTransactionsOfTheHost() {
    List<String> told = new ArrayList<>();
    dsl.transaction(
        outer -> {
          current().afterCommit(() -> told.add("committed"));
          insert(outer.dsl(), 1);
          insert(dsl, 2);
          insert(host.tx(), 3);
          outer.dsl().transaction(inner -> insert(inner.dsl(), 4));
        });

    assertThat(told).containsExactly("committed");
    assertThat(recorder.transcript())
        .containsExactly(
            "BEGIN", "SQL", "SQL", "SQL", "SAVEPOINT", "SQL", "RELEASE", "COMMIT", "CLOSE");
    assertThat(rows()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void withoutAConfigurationInHandTheyWorkOnTheHostsContexts() {
    JooqAdapter.dsl(host).transaction(() -> insert(dsl, 1));
    host.withTransaction(
        () -> {
          int two = host.tx().transactionResult(() -> 2);
          host.tx().transaction(() -> insert(dsl, two));
        });

    assertThat(rows()).containsExactly(1, 2);
    assertThatThrownBy(() -> dsl.transaction(() -> insert(dsl, 3)))
        .as("a context of jOOQ's own")
        .isInstanceOf(ConfigurationException.class);
    assertThat(host.isTransactionActive()).isFalse();
  }

  @Test // A3
  void theUsersExceptionLeavesAsJooqGivesIt() {
    IOException checked = new IOException("user");
    assertThatThrownBy(
            () ->
                dsl.transaction(
                    inner -> {
                      insert(dsl, 1);
                      throw checked;
                    }))
        .isInstanceOf(DataAccessException.class)
        .hasCause(checked);
    AssertionError error = new AssertionError("user");
    assertThatThrownBy(
            () ->
                dsl.transaction(
                    inner -> {
                      insert(dsl, 2);
                      throw error;
                    }))
        .isSameAs(error);

    assertThat(rows()).isEmpty();
    assertThat(host.isTransactionActive()).isFalse();
  }

  @Test // A11
  void aFailureThatWasSwallowedInsideIsReported() {
    IllegalStateException first = new IllegalStateException("first");
    assertThatThrownBy(() -> dsl.transaction(inner -> swallowJoined(first)))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(first);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      insert(dsl, 2);
                      assertThatThrownBy(() -> dsl.transaction(inner -> swallowJoined(first)))
                          .isInstanceOf(UnexpectedRollbackException.class)
                          .hasCause(first);
                      throw new IllegalStateException("seen");
                    }))
        .hasMessage("seen");
    host.withTransaction(
        () -> {
          insert(dsl, 3);
          assertThatThrownBy(() -> dsl.transaction(inner -> swallowJoined(first)))
              .isInstanceOf(UnexpectedRollbackException.class);
        });

    assertThat(rows()).containsExactly(3);
    assertThat(host.isTransactionActive()).isFalse();
  }

  private void swallowJoined(RuntimeException failure) {
    insert(dsl, 1);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void aMarkOfItsOwnCodeUndoesItQuietly() {
    dsl.transaction(
        inner -> {
          insert(dsl, 1);
          current().setRollbackOnly();
        });
    host.withTransaction(
        () -> {
          insert(dsl, 2);
          dsl.transaction(
              inner -> {
                insert(dsl, 3);
                current().setRollbackOnly();
              });
        });

    assertThat(rows()).containsExactly(2);
  }

  @Test
  void aMarkedTransactionRefusesOneBeforeItsBodyRuns() {
    List<String> ran = new ArrayList<>();
    host.withTransaction(
        () -> {
          insert(dsl, 1);
          current().setRollbackOnly();
          assertThatThrownBy(() -> dsl.transaction(inner -> ran.add("body")))
              .isInstanceOf(UnexpectedRollbackException.class);
          assertThat(host.isTransactionActive()).isTrue();
        });

    assertThat(ran).isEmpty();
    assertThat(rows()).isEmpty();
  }

  @Test // A13
  void aCommitThatFailsIsReportedAndNothingIsLeftOpen() {
    Assumptions.assumeTrue(pools.isPostgres(), "H2 has no deferred constraints");
    beside().execute("create table once (id integer unique deferrable initially deferred)");
    assertThatThrownBy(
            () ->
                dsl.transaction(
                    inner -> {
                      dsl.execute("insert into once values (1)");
                      dsl.execute("insert into once values (1)");
                    }))
        .isInstanceOf(TransactionCommitException.class);

    assertThat(host.isTransactionActive()).isFalse();
    assertThat(recorder.connectionsOut()).isZero();
    assertThat(dsl.fetch("select * from once")).isEmpty();
  }

  @Test
  void aContextOfAnEndedTransactionBeginsNone() {
    DSLContext kept = host.withTransaction(() -> host.tx());
    AtomicReference<Configuration> inner = new AtomicReference<>();
    host.withTransaction(() -> host.tx().transaction(inner::set));

    assertThatThrownBy(() -> kept.transaction(configuration -> insert(configuration.dsl(), 1)))
        .isInstanceOf(TransactionCompletedException.class);
    assertThatThrownBy(() -> insert(inner.get().dsl(), 1))
        .isInstanceOf(TransactionCompletedException.class);
    assertThat(recorder.transcript()).isEmpty();
  }

  @Test
  void theUsersTransactionListenersAreCalled() {
    List<String> told = new ArrayList<>();
    Configuration own = configuration(recorder);
    own.set(
        new TransactionListener() {
          @Override
          public void commitEnd(TransactionContext context) {
            told.add("commit");
          }

          @Override
          public void rollbackEnd(TransactionContext context) {
            told.add("rollback");
          }
        });
    TransactionHost<DSLContext> listening = JooqAdapter.view(jdbc, own);
    DSL.using(own).transaction(inner -> insert(inner.dsl(), 1));
    listening.withTransaction(
        () ->
            assertThatThrownBy(
                    () ->
                        listening
                            .tx()
                            .transaction(
                                inner -> {
                                  throw new IllegalStateException("user");
                                }))
                .hasMessage("user"));

    assertThat(told).containsExactly("commit", "rollback");
  }

  // ---- what jOOQ 3.21 lets them ask for

  @Test
  void theirIsolationAndReadOnlyAreHeeded() throws Exception {
    Method transaction = withProperties();
    Object serializable = constant("org.jooq.Isolation", "SERIALIZABLE");
    Object readOnly = constant("org.jooq.Readonly", "READONLY");
    List<Transaction> seen = new ArrayList<>();
    TransactionalRunnable work =
        inner -> {
          assertThat(current().isolation()).isEqualTo(Isolation.SERIALIZABLE);
          assertThat(current().isReadOnly()).isTrue();
          assertThat(dsl.fetchOne(database.isolationQuery()).get(0, String.class))
              .isEqualTo(database.reported(Isolation.SERIALIZABLE));
          seen.add(current());
        };

    transaction.invoke(dsl, work, properties(serializable, readOnly));
    host.withTransaction(
        () ->
            assertThatThrownBy(() -> call(transaction, work, properties(serializable)))
                .isInstanceOf(IncompatibleTransactionException.class));

    assertThat(seen).hasSize(1);
  }

  @Test
  void aPropertyOfSomebodyElseIsRefused() throws Exception {
    Method transaction = withProperties();
    Class<?> type = Class.forName("org.jooq.TransactionProperty");
    Object foreign =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  default -> "foreign";
                });
    TransactionalRunnable work = inner -> insert(dsl, 1);

    assertThatThrownBy(() -> call(transaction, work, properties(foreign)))
        .hasMessageContaining("TXH-565");
    assertThat(rows()).isEmpty();
  }

  private static Method withProperties() throws Exception {
    try {
      return DSLContext.class.getMethod(
          "transaction",
          TransactionalRunnable.class,
          Class.forName("org.jooq.TransactionProperty").arrayType());
    } catch (ClassNotFoundException olderJooq) {
      Assumptions.abort("this jOOQ's transactions ask for nothing");
      throw olderJooq;
    }
  }

  private static Object constant(String type, String name) throws Exception {
    return Class.forName(type).getField(name).get(null);
  }

  private static Object properties(Object... properties) throws Exception {
    Object array =
        Array.newInstance(Class.forName("org.jooq.TransactionProperty"), properties.length);
    System.arraycopy(properties, 0, array, 0, properties.length);
    return array;
  }

  private void call(Method transaction, TransactionalRunnable work, Object properties)
      throws Throwable {
    try {
      transaction.invoke(dsl, work, properties);
    } catch (InvocationTargetException failure) {
      throw failure.getTargetException();
    }
  }
}
