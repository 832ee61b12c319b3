package io.txhost.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactory;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionAdapter;
import io.txhost.test.Database;
import io.txhost.test.NoOpAdapter;
import io.txhost.test.NothingLeftBehind;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.Constants;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultTransactionProvider;
import org.jooq.impl.NoTransactionProvider;
import org.jooq.impl.ThreadLocalTransactionProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a Configuration must be like, and which jOOQ the tests run on. */
@ExtendWith(NothingLeftBehind.class)
final class JooqAdapterTest {
  private final Database database = Database.h2();
  private final TransactionHost<Connection> jdbc =
      TransactionHost.create(JdbcAdapter.over(database.dataSource()));

  @AfterEach
  void close() throws Exception {
    database.close();
  }

  @Test
  void java17RunsTheOldestJooqAnd25TheNewest() throws Exception {
    String expected = Runtime.version().feature() < 21 ? "3.19." : "3.21.";
    // read at run time: the compiler would write down the one that it saw
    Object running = Constants.class.getField("FULL_VERSION").get(null);
    assertThat(running).asString().startsWith(expected);
  }

  @Test
  void aDialectIsNeeded() {
    assertRefused(new DefaultConfiguration(), "TXH-560");
    assertThatThrownBy(() -> JooqAdapter.over(database.dataSource(), SQLDialect.DEFAULT))
        .hasMessageContaining("TXH-560");
    assertThatThrownBy(() -> JooqAdapter.over(database.dataSource(), (SQLDialect) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("dialect");
    assertThatThrownBy(() -> JooqAdapter.view(jdbc, (Configuration) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("configuration");
    assertThatThrownBy(() -> JooqAdapter.over(null, SQLDialect.H2))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("dataSource");
  }

  @Test
  void aTransactionProviderOfTheUsersOwnIsRefused() {
    Configuration configuration = h2();
    assertRefused(configuration.derive(new Springs()), "configuration.set((TransactionProvider)");
    assertRefused(
        h2().set(new ThreadLocalTransactionProvider(configuration.connectionProvider())),
        "TXH-562");

    assertRefused(
        h2().set(new DefaultTransactionProvider(configuration.connectionProvider(), false)),
        "TXH-562");

    Configuration cleared = h2().set(new Springs()).set((TransactionProvider) null);
    assertThat(JooqAdapter.view(jdbc, cleared)).isNotNull();
    assertThat(JooqAdapter.view(jdbc, h2().set(new NoTransactionProvider()))).isNotNull();
    Configuration jooqs = h2();
    jooqs.set(new DefaultTransactionProvider(jooqs.connectionProvider()));
    assertThat(JooqAdapter.view(jdbc, jooqs)).isNotNull();
  }

  /** As Spring Boot sets one. */
  private static final class Springs implements TransactionProvider {
    @Override
    public void begin(TransactionContext context) {
      // never called
    }

    @Override
    public void commit(TransactionContext context) {
      // never called
    }

    @Override
    public void rollback(TransactionContext context) {
      // never called
    }
  }

  @Test
  void anR2dbcConnectionFactoryIsRefused() {
    ConnectionFactory factory =
        (ConnectionFactory)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ConnectionFactory.class},
                (proxy, method, arguments) -> null);

    assertRefused(h2().set(factory), "R2DBC");
  }

  private void assertRefused(Configuration configuration, String words) {
    assertThatThrownBy(() -> JooqAdapter.over(database.dataSource(), configuration))
        .hasMessageContaining(words);
    assertThatThrownBy(() -> JooqAdapter.view(jdbc, configuration)).hasMessageContaining(words);
  }

  private static Configuration h2() {
    return new DefaultConfiguration().set(SQLDialect.H2);
  }

  @Test
  void anAdapterWithoutAHostServesNobody() {
    TransactionAdapter<DSLContext> adapter = JooqAdapter.over(database.dataSource(), SQLDialect.H2);

    assertThatThrownBy(adapter::fallback).hasMessageContaining("TXH-206");
    assertThatThrownBy(() -> new DslView(h2()).inside(jdbc.tx())).hasMessageContaining("TXH-566");
  }

  @Test
  void theSharedContextIsOfThisAdaptersHostsOnly() {
    TransactionHost<DSLContext> other =
        TransactionHost.create(NoOpAdapter.over(DSL.using(SQLDialect.H2)));

    assertThatThrownBy(() -> JooqAdapter.dsl(other)).hasMessageContaining("TXH-567");
  }

  @Test
  void messagesNameWhatTheyMean() {
    assertThat(JooqAdapter.over(database.dataSource(), SQLDialect.H2))
        .hasToString("jOOQ over JDBC over " + database.dataSource().getClass().getSimpleName());
  }
}
