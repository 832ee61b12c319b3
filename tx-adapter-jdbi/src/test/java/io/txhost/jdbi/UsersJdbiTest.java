package io.txhost.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.Wrapper;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallbackDecorator;
import org.jdbi.v3.core.HandleListener;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.Handles;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.transaction.RollbackOnlyTransactionHandler;
import org.jdbi.v3.core.transaction.SerializableTransactionRunner;
import org.junit.jupiter.api.Test;

/** The user's own Jdbi makes the handles, and what cannot be kept of it is refused. */
final class UsersJdbiTest extends JdbiFixture {

  private TransactionHost<Handle> over(Jdbi own) {
    return TransactionHost.create(JdbiAdapter.over(own));
  }

  private static int count(Handle handle) {
    return handle.createQuery("select count(*) from item").mapTo(int.class).one();
  }

  private record Label(String text) {}

  @Test
  void aHandleIsMadeOncePerTransactionByTheUsersJdbi() {
    AtomicInteger created = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    jdbi.getConfig(Handles.class)
        .addListener(
            new HandleListener() {
              @Override
              public void handleCreated(Handle handle) {
                created.incrementAndGet();
              }

              @Override
              public void handleClosed(Handle handle) {
                closed.incrementAndGet();
              }
            });

    host.withTransaction(
        () -> {
          assertThat(created).hasValue(0);
          assertThat(host.tx().getJdbi()).isSameAs(jdbi);
          insert(host.tx(), 1);
          jdbi.useHandle(handle -> insert(handle, 2));
          jdbi.onDemand(Items.class).insertBoth(3, 4);
          jdbi.useTransaction(handle -> insert(handle, 5));
          assertThat(closed).hasValue(0);
        });

    assertThat(created).hasValue(1);
    assertThat(closed).hasValue(1);
  }

  @Test
  void whatIsRegisteredOnTheJdbiLaterIsKnown() {
    host.withTransaction(() -> insert(host.tx(), 1));
    jdbi.registerRowMapper(Label.class, (row, context) -> new Label(row.getString("label")));

    assertThat(
            host.<Label, RuntimeException>withTransaction(
                () -> host.tx().createQuery("select label from item").mapTo(Label.class).one()))
        .isEqualTo(new Label("x"));
    assertThat(host.tx().createQuery("select label from item").mapTo(Label.class).one())
        .isEqualTo(new Label("x"));
  }

  @Test
  void whatIsRegisteredOnAHandleStaysThere() {
    host.withTransaction(
        () ->
            host.tx()
                .registerRowMapper(Label.class, (row, context) -> new Label(row.getString(1))));

    assertThat(jdbi.getConfig(org.jdbi.v3.core.mapper.RowMappers.class).findFor(Label.class))
        .isEmpty();
    host.withTransaction(
        () ->
            assertThat(
                    host.tx()
                        .getConfig(org.jdbi.v3.core.mapper.RowMappers.class)
                        .findFor(Label.class))
                .isEmpty());
  }

  @Test
  void theUsersStatementBuilderIsUsedInsideAndOutside() {
    List<Connection> built = new CopyOnWriteArrayList<>();
    jdbi.setStatementBuilderFactory(
        connection -> {
          built.add(connection);
          return new DefaultStatementBuilder();
        });

    host.withTransaction(() -> insert(host.tx(), 1));
    assertThat(count(host.tx())).isEqualTo(1);
    jdbi.useHandle(handle -> assertThat(count(handle)).isEqualTo(1));

    assertThat(built).hasSize(3);
  }

  @Test
  void pluginsCustomizeHandlesInsideAndOutside() {
    jdbi.installPlugin(
        new JdbiPlugin() {
          @Override
          public Handle customizeHandle(Handle handle) {
            return handle.define("plugged", "yes");
          }
        });

    host.withTransaction(
        () ->
            assertThat(host.tx().getConfig().get(SqlStatementsOf.TYPE).getAttribute("plugged"))
                .isEqualTo("yes"));
    assertThat(host.tx().getConfig().get(SqlStatementsOf.TYPE).getAttribute("plugged"))
        .isEqualTo("yes");
  }

  private static final class SqlStatementsOf {
    static final Class<org.jdbi.v3.core.statement.SqlStatements> TYPE =
        org.jdbi.v3.core.statement.SqlStatements.class;
  }

  @Test
  void overTheJdbiItsPluginsCustomizeTheConnections() {
    AtomicInteger customized = new AtomicInteger();
    Jdbi own = jdbi();
    own.installPlugin(
        new JdbiPlugin() {
          @Override
          public Connection customizeConnection(Connection connection) {
            customized.incrementAndGet();
            return connection;
          }
        });
    TransactionHost<Handle> ownHost = over(own);

    ownHost.withTransaction(() -> insert(ownHost.tx(), 1));
    assertThat(customized).hasValue(1);
    own.useHandle(handle -> assertThat(count(handle)).isEqualTo(1));
    assertThat(customized).hasValue(2);
  }

  @Test
  void overTheJdbiItsFactoryClosesTheConnections() {
    AtomicInteger closed = new AtomicInteger();
    Jdbi own =
        Jdbi.create(
            new org.jdbi.v3.core.ConnectionFactory() {
              @Override
              public Connection openConnection() throws java.sql.SQLException {
                return recorder.getConnection();
              }

              @Override
              public void closeConnection(Connection connection) throws java.sql.SQLException {
                closed.incrementAndGet();
                connection.close();
              }
            });
    TransactionHost<Handle> ownHost = over(own);

    ownHost.withTransaction(() -> insert(ownHost.tx(), 1));

    assertThat(closed).hasValue(1);
    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "COMMIT", "CLOSE");
  }

  // ---- what a plugin does with the connection

  /** Unwraps as PostgresPlugin does. */
  private static final class Unwrapping implements JdbiPlugin {
    final boolean uses;
    Object unwrapped;

    Unwrapping(boolean uses) {
      this.uses = uses;
    }

    @Override
    public Handle customizeHandle(Handle handle) throws java.sql.SQLException {
      Wrapper connection = handle.getConnection().unwrap(Recorded.class);
      unwrapped = connection;
      if (uses) {
        connection.isWrapperFor(Connection.class);
      }
      return handle;
    }
  }

  private interface Recorded extends Wrapper {}

  @Test // A15
  void whatAPluginUnwrapsTakesNoConnectionUntilItIsUsed() throws Exception {
    Unwrapping plugin = new Unwrapping(false);
    jdbi.installPlugin(plugin);
    try (Connection only = pool.getConnection()) {
      host.withTransaction(() -> assertThat(host.tx()).isNotNull());
      assertThat(host.tx()).isNotNull();
      assertThat(plugin.unwrapped).isInstanceOf(Recorded.class).isEqualTo(plugin.unwrapped);
      assertThat(only.isClosed()).isFalse();
    }
    assertThat(recorder.transcript()).isEmpty();
  }

  @Test
  void aPluginThatUsesTheConnectionOutsideIsRefused() {
    jdbi.installPlugin(new Unwrapping(true));

    assertThatThrownBy(host::tx)
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-557")
        .hasMessageContaining("customizeHandle");
  }

  @Test
  void aPluginThatExecutesOutsideIsRefusedAndInsideIsInTheTransaction() {
    jdbi.installPlugin(
        new JdbiPlugin() {
          @Override
          public Handle customizeHandle(Handle handle) {
            insert(handle, 1);
            return handle;
          }
        });

    assertThatThrownBy(host::tx).hasMessageContaining("TXH-557");
    host.withTransaction(() -> insert(host.tx(), 2));

    assertThat(rows()).containsExactly(1, 2);
  }

  // ---- what cannot be kept

  @Test
  void aPluginThatCustomizesConnectionsIsRefusedByAView() {
    JdbiPlugin plugin =
        new JdbiPlugin() {
          @Override
          public Connection customizeConnection(Connection connection) {
            return connection;
          }
        };
    Jdbi early = jdbi().installPlugin(plugin);
    assertThatThrownBy(() -> JdbiAdapter.view(jdbc, early)).hasMessageContaining("TXH-557");

    jdbi.installPlugin(plugin);
    assertThatThrownBy(() -> host.withTransaction(host::tx)).hasMessageContaining("TXH-557");
  }

  @Test
  void aPluginThatHandsOutAnotherHandleIsRefused() {
    Jdbi elsewhere = Jdbi.create(database.dataSource());
    try (Handle foreign = elsewhere.open()) {
      jdbi.installPlugin(
          new JdbiPlugin() {
            @Override
            public Handle customizeHandle(Handle handle) {
              return foreign;
            }
          });
      assertThatThrownBy(() -> host.withTransaction(host::tx)).hasMessageContaining("TXH-557");
    }
  }

  @Test
  void aTransactionHandlerOfTheUsersOwnIsRefused() {
    for (var handler :
        List.of(new SerializableTransactionRunner(), new RollbackOnlyTransactionHandler())) {
      Jdbi own = jdbi().setTransactionHandler(handler);
      assertThatThrownBy(() -> JdbiAdapter.view(jdbc, own))
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("TXH-557")
          .hasMessageContaining(handler.getClass().getName());
      assertThatThrownBy(() -> over(own)).hasMessageContaining("TXH-557");
      assertThat(own.getTransactionHandler()).isSameAs(handler);
    }
  }

  @Test
  void aJdbiOfOneConnectionIsRefused() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      Jdbi own = Jdbi.create(connection);
      assertThatThrownBy(() -> JdbiAdapter.over(own)).hasMessageContaining("TXH-557");
    }
  }

  @Test
  void aJdbiServesOneHost() {
    TransactionHost<Connection> other =
        TransactionHost.builder(JdbcAdapter.over(recorder)).name("other").build();

    assertThatThrownBy(() -> JdbiAdapter.view(other, jdbi)).hasMessageContaining("TXH-555");
    assertThatThrownBy(() -> over(jdbi)).hasMessageContaining("TXH-555");
    host.withTransaction(() -> jdbi.useHandle(handle -> insert(handle, 1)));

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aScopeOrHandlerSetLaterIsNoticed() {
    HandleScope scope = jdbi.getHandleScope();
    jdbi.setHandleScope(HandleScope.threadLocal());
    assertThatThrownBy(host::tx).hasMessageContaining("TXH-556");
    assertThatThrownBy(() -> host.withTransaction(host::tx)).hasMessageContaining("TXH-556");
    assertUseIsRefused();
    jdbi.setHandleScope(scope);

    HandleCallbackDecorator decorator = jdbi.getHandleCallbackDecorator();
    jdbi.setHandleCallbackDecorator(HandleCallbackDecorator.STANDARD_HANDLE_CALLBACK_DECORATOR);
    assertThatThrownBy(host::tx).hasMessageContaining("TXH-556");
    assertUseIsRefused();
    jdbi.setHandleCallbackDecorator(decorator);

    jdbi.setTransactionHandler(new SerializableTransactionRunner());
    assertThatThrownBy(host::tx).hasMessageContaining("TXH-556");
    assertUseIsRefused();
  }

  private void assertUseIsRefused() {
    host.withoutTransaction(
        () -> {
          assertThatThrownBy(() -> jdbi.useHandle(handle -> insert(handle, 1)))
              .hasMessageContaining("TXH-556");
          assertThatThrownBy(() -> jdbi.onDemand(Items.class).insert(1))
              .hasMessageContaining("TXH-556");
        });
    assertThat(rows()).isEmpty();
  }

  // ---- handles that the user opens

  @Test
  void openingAHandleInsideIsRefused() {
    host.withTransaction(
        () -> {
          host.tx();
          assertThatThrownBy(jdbi::open)
              .isInstanceOf(TransactionException.class)
              .hasMessageContaining("TXH-558");
        });
  }

  @Test
  void openingAHandleWhereWritesArePermittedIsJdbisOwnOrRefusedWhereItWouldNeverCommit() {
    if (pools.autoCommit()) {
      host.withoutTransaction(
          () -> {
            try (Handle own = jdbi.open()) {
              own.useTransaction(handle -> insert(handle, 1));
            }
          });
      assertThat(rows()).containsExactly(1);
    } else {
      host.withoutTransaction(
          () ->
              assertThatThrownBy(jdbi::open)
                  .isInstanceOf(TransactionException.class)
                  .hasMessageContaining("TXH-558"));
    }
  }

  @Test // D13; a bare thread's handle would write beside the transaction
  void openingAHandleOutsideIsRefusedByThePolicyAndKeepsNoConnection() {
    for (int i = 0; i < 50; i++) { // more often than any pool has connections
      assertThatThrownBy(jdbi::open)
          .isInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("jdbi.withHandle(..)")
          .hasMessageContaining("withoutTransaction");
    }
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () ->
                        CompletableFuture.runAsync(
                                () -> jdbi.open().useTransaction(handle -> insert(handle, 5)))
                            .join()))
        .hasCauseInstanceOf(TransactionRequiredException.class);
    assertThat(rows()).isEmpty();
  }

  @Test // A23
  void aJdbiOfTheHostsDataSourceOpensHandlesThatJoin() {
    Jdbi joining = Jdbi.create(JdbcAdapter.dataSource(jdbc));
    TransactionHost<Handle> view = JdbiAdapter.view(jdbc, joining);

    view.withTransaction(
        () -> {
          insert(view.tx(), 1);
          try (Handle opened = joining.open()) {
            insert(opened, 2);
          }
        });

    assertThat(recorder.transcript()).containsExactly("BEGIN", "SQL", "SQL", "COMMIT", "CLOSE");
  }
}
