package io.txhost.jooq;

import static io.txhost.jooq.Item.ITEM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactory;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.jooq.Item.Row;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jooq.CacheProvider;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.ExecutorProvider;
import org.jooq.TransactionProvider;
import org.jooq.exception.DetachedException;
import org.jooq.impl.DSL;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConnectionProvider;
import org.jooq.impl.DefaultTransactionProvider;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.junit.jupiter.api.Test;

/**
 * A Configuration that was changed after its host was built is refused, and a derived one is its
 * owner's.
 */
final class JooqChangedTest extends JooqFixture {

  private Map<String, Consumer<Configuration>> changes() {
    Map<String, Consumer<Configuration>> changes = new LinkedHashMap<>();
    changes.put(
        "connection provider", c -> c.set(new DataSourceConnectionProvider(database.dataSource())));
    changes.put("data source", c -> c.set(database.dataSource()));
    changes.put("no connection provider", c -> c.set((ConnectionProvider) null));
    changes.put(
        "transaction provider", c -> c.set(new DefaultTransactionProvider(c.connectionProvider())));
    changes.put("no transaction provider", c -> c.set((TransactionProvider) null));
    changes.put(
        "thread-local transaction provider",
        c -> c.set(new ThreadLocalTransactionProvider(c.connectionProvider())));
    Executor executor = Runnable::run;
    changes.put("executor", c -> c.set(executor));
    changes.put("executor provider", c -> c.set((ExecutorProvider) () -> executor));
    changes.put("cache", c -> c.set((CacheProvider) context -> new ConcurrentHashMap<>()));
    changes.put("R2DBC", c -> c.set(r2dbc()));
    return changes;
  }

  private static ConnectionFactory r2dbc() {
    return (ConnectionFactory)
        Proxy.newProxyInstance(
            JooqChangedTest.class.getClassLoader(),
            new Class<?>[] {ConnectionFactory.class},
            (proxy, method, arguments) -> null);
  }

  @Test // A26
  void aChangedConfigurationIsRefusedAtItsNextUse() {
    seed(1);
    changes()
        .forEach(
            (what, change) -> {
              uses()
                  .forEach(
                      (use, run) -> {
                        Configuration own = configuration(recorder);
                        TransactionHost<DSLContext> changed = JooqAdapter.view(jdbc, own);
                        DSLContext made = DSL.using(own);
                        Row record = made.fetchSingle(ITEM, ITEM.id.eq(1));
                        change.accept(own);
                        assertThatThrownBy(() -> run.use(changed, made, record))
                            .as(what + ", " + use)
                            .satisfies(JooqChangedTest::isRefused);
                        assertThat(changed.isTransactionActive()).isFalse();
                      });
            });

    assertThat(recorder.connectionsOut()).isZero();
    assertThat(rows()).containsExactly(1);
  }

  /** By us, or by jOOQ, which has no connection to give {@code batched}. */
  private static void isRefused(Throwable thrown) {
    if (!(thrown instanceof DetachedException)) {
      assertThat(thrown)
          .isInstanceOf(TransactionException.class)
          .hasMessageMatching("(?s)TXH-56[28] .*");
    }
  }

  /** What is done with it. */
  @FunctionalInterface
  private interface Use {
    void use(TransactionHost<DSLContext> host, DSLContext dsl, Row record) throws Exception;
  }

  private static Map<String, Use> uses() {
    Map<String, Use> uses = new LinkedHashMap<>();
    uses.put("tx() outside", (host, dsl, record) -> host.tx().fetch("select 1"));
    uses.put("read", (host, dsl, record) -> dsl.fetch("select 1"));
    uses.put("tx()", (host, dsl, record) -> host.withTransaction(() -> insert(host.tx(), 2)));
    uses.put("write", (host, dsl, record) -> host.withTransaction(() -> insert(dsl, 2)));
    uses.put(
        "record",
        (host, dsl, record) ->
            host.withTransaction(
                () -> {
                  record.set(ITEM.id, 2);
                  record.changed(true);
                  record.insert();
                }));
    uses.put(
        "batch",
        (host, dsl, record) ->
            host.withTransaction(() -> dsl.batch("insert into item (id) values (2)").execute()));
    uses.put(
        "batched",
        (host, dsl, record) ->
            host.withTransaction(() -> dsl.batched(inner -> insert(inner.dsl(), 2))));
    return uses;
  }

  @Test // A26
  void anOtherListenerDoesNotHideTheChange() {
    configuration.set(
        new ExecuteListener() {
          @Override
          public void start(ExecuteContext context) {
            // somebody else's
          }
        });
    assertThat(dsl.fetch("select 1")).hasSize(1);
    configuration.set(database.dataSource());

    assertThatThrownBy(() -> host.withTransaction(() -> insert(dsl, 1)))
        .hasMessageContaining("TXH-568");
    assertThat(rows()).isEmpty();
  }

  @Test // A26
  void theConfigurationOfATransactionIsRefusedAsWell() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      host.tx().configuration().set(database.dataSource());
                      insert(host.tx(), 1);
                    }))
        .hasMessageContaining("TXH-568");
    assertThat(rows()).isEmpty();
  }

  // ---- derived

  @Test // A26
  void aDerivedConfigurationWithOtherConnectionsIsItsOwners() {
    DSLContext own =
        configuration.derive(new DataSourceConnectionProvider(database.dataSource())).dsl();
    host.withTransaction(
        () -> {
          insert(dsl, 1);
          own.execute("insert into item (id) values (2)");
          assertThat(own.fetchCount(ITEM)).isEqualTo(1);
        });
    own.batched(inner -> insert(inner.dsl(), 3));
    own.configuration()
        .derive(
            (TransactionProvider)
                new DefaultTransactionProvider(own.configuration().connectionProvider()))
        .dsl()
        .transaction(inner -> insert(inner.dsl(), 4));

    assertThat(rows()).containsExactly(1, 2, 3, 4);
  }

  @Test // A26
  void aDerivedOneDoesNotDemarcateHereAndWriteThere() throws Exception {
    try (var connection = database.dataSource().getConnection()) {
      for (ConnectionProvider other :
          List.of(
              new DataSourceConnectionProvider(database.dataSource()),
              new DefaultConnectionProvider(connection))) {
        DSLContext derived = configuration.derive(other).dsl();
        assertThatThrownBy(() -> derived.transaction(inner -> insert(inner.dsl(), 1)))
            .isInstanceOf(TransactionException.class)
            .hasMessageContaining("TXH-580");
        host.withTransaction(
            () ->
                assertThatThrownBy(() -> derived.transaction(inner -> insert(inner.dsl(), 1)))
                    .hasMessageContaining("TXH-580"));
        assertThat(host.isTransactionActive()).isFalse();
      }
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void aContextOverTheHostsOwnConnectionJoins() {
    dsl.connection(
        connection ->
            configuration
                .derive(new DefaultConnectionProvider(connection))
                .dsl()
                .transaction(inner -> insert(inner.dsl(), 1)));
    host.withTransaction(
        () ->
            configuration
                .derive(new DefaultConnectionProvider(jdbc.tx()))
                .dsl()
                .transaction(inner -> insert(inner.dsl(), 2)));

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void whatDoesNotTouchJoiningMayBeSetAndDerived() {
    configuration.set(configuration.settings().withRenderFormatted(true));
    configuration.set(configuration.clock());
    host.withTransaction(
        () -> {
          insert(dsl, 1);
          insert(configuration.derive(pools.dialect()).dsl(), 2);
          insert(configuration.derive(configuration.settings()).dsl(), 3);
        });

    assertThat(rows()).containsExactly(1, 2, 3);
  }

  @Test // A26
  void itIsLookedAtOnceMoreWhenTheHostIsBuilt() {
    Configuration own = configuration(recorder);
    var adapter = JooqAdapter.over(recorder, own);
    own.set(new DefaultTransactionProvider(own.connectionProvider(), false));

    assertThatThrownBy(() -> TransactionHost.create(adapter)).hasMessageContaining("TXH-562");
  }
}
