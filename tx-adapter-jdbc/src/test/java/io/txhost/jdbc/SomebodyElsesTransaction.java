package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.txhost.FallbackPolicy;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.tck.LoopbackProxy;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.ServerDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A28: with Spring's real transactions, on a pool that a host was given by mistake. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(NothingLeftBehind.class)
@Timeout(60)
abstract class SomebodyElsesTransaction {
  private Database database;
  private @Nullable LoopbackProxy proxy;
  private HikariDataSource pool;
  private JdbcTemplate spring;
  private TransactionTemplate springs;

  abstract Database openDatabase() throws SQLException;

  @BeforeAll
  void openTheDatabase() throws Exception {
    database = openDatabase();
    if (database instanceof ServerDatabase server) {
      proxy = LoopbackProxy.before(server.port());
    }
  }

  @AfterAll
  void closeTheDatabase() throws Exception {
    if (proxy != null) {
      proxy.close();
    }
    if (database != null) {
      database.close();
    }
  }

  @BeforeEach
  void startAfresh() throws SQLException {
    directly("drop table if exists item");
    directly("create table item (id integer primary key)");
    pool = pool(true);
    spring = new JdbcTemplate(pool);
    springs = new TransactionTemplate(new JdbcTransactionManager(pool));
  }

  @AfterEach
  void closeThePool() {
    pool.close();
  }

  private DataSource server() throws SQLException {
    return proxy == null
        ? database.dataSource()
        : ((ServerDatabase) database).dataSourceAt(proxy.port());
  }

  private HikariDataSource pool(boolean autoCommit) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setDataSource(server());
    config.setMaximumPoolSize(2);
    config.setMinimumIdle(0);
    config.setAutoCommit(autoCommit);
    return new HikariDataSource(config);
  }

  /** The usual mistake, where nothing tells of it at start-up. */
  private TransactionHost<Connection> hostOverSpringsProxy() {
    return TransactionHost.builder(
            JdbcAdapter.over(new Wrapped(new TransactionAwareDataSourceProxy(pool))))
        .fallbackPolicy(FallbackPolicy.ALLOW)
        .build();
  }

  private static void insert(TransactionHost<Connection> host, int id) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.executeUpdate("insert into item (id) values (" + id + ")");
    }
  }

  private void assertRefused(TransactionHost<Connection> host) {
    int turns = proxy == null ? 0 : proxy.turns();

    assertThatThrownBy(() -> host.withTransaction(() -> insert(host, 2)))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-520")
        .hasMessageContaining("Hand over the pool itself");
    assertThatThrownBy(() -> host.withoutTransaction(() -> insert(host, 3)))
        .isInstanceOf(TransactionException.class)
        .hasMessageContaining("TXH-520");

    assertThat(proxy == null ? 0 : proxy.turns()).as("nothing was sent").isEqualTo(turns);
  }

  @ParameterizedTest // A28
  @ValueSource(booleans = {true, false})
  void insideSpringsTransactionAHostIsRefusedAndThatEndsAsSpringSays(boolean commits)
      throws Exception {
    TransactionHost<Connection> host = hostOverSpringsProxy(); // knows nothing yet

    springs.executeWithoutResult(
        status -> {
          spring.update("insert into item (id) values (1)");
          String connection = spring.queryForObject(database.connectionIdQuery(), String.class);
          assertRefused(host);
          assertThat(spring.queryForObject(database.connectionIdQuery(), String.class))
              .isEqualTo(connection);
          assertAutoCommitIsOff();
          assertThat(unchecked(this::rows)).as("seen from outside").isEmpty();
          if (!commits) {
            status.setRollbackOnly();
          }
        });

    assertThat(rows()).isEqualTo(commits ? List.of(1) : List.of());
    assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
  }

  @Test
  void onceItKnowsItsDatabaseAHostIsRefusedThereToo() throws Exception {
    TransactionHost<Connection> host = hostOverSpringsProxy();
    host.withTransaction(() -> insert(host, 7));

    springs.executeWithoutResult(
        status -> {
          spring.update("insert into item (id) values (1)");
          assertRefused(host);
          status.setRollbackOnly();
        });

    assertThat(rows()).containsExactly(7);
    host.withTransaction(() -> insert(host, 8));
    assertThat(rows()).containsExactly(7, 8);
  }

  @Test
  void aTransactionInWhichSpringHasSentNothingYetIsSpringsToo() throws Exception {
    TransactionHost<Connection> host = hostOverSpringsProxy();

    springs.executeWithoutResult(
        status -> {
          assertRefused(host);
          spring.update("insert into item (id) values (1)");
          status.setRollbackOnly();
        });

    assertThat(rows()).isEmpty();
  }

  @Test
  void aFailureInSpringsTransactionIsLeftToSpring() throws Exception {
    TransactionHost<Connection> host = hostOverSpringsProxy();
    directly("insert into item (id) values (1)");

    springs.executeWithoutResult(
        status -> {
          spring.update("insert into item (id) values (2)");
          assertThatThrownBy(() -> spring.update("insert into item (id) values (1)")).isNotNull();
          assertRefused(host);
          status.setRollbackOnly();
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void anotherHostsTransactionIsLeftToThatHost() throws Exception {
    TransactionHost<Connection> outer = TransactionHost.create(JdbcAdapter.over(pool));
    TransactionHost<Connection> host =
        TransactionHost.create(JdbcAdapter.over(new Wrapped(JdbcAdapter.dataSource(outer))));

    outer.withTransaction(
        () -> {
          insert(outer, 1);
          assertThatThrownBy(() -> host.withTransaction(() -> insert(host, 2)))
              .hasMessageContaining("TXH-520");
        });

    assertThat(rows()).containsExactly(1);
  }

  @Test
  void aPoolsConnectionThatCameBackInATransactionIsRefusedAndIsNotOurs() throws Exception {
    try (Connection kept = server().getConnection()) {
      kept.setAutoCommit(false);
      try (Statement statement = kept.createStatement()) {
        statement.executeUpdate("insert into item (id) values (1)");
      }
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(lending(kept)));

      assertThatThrownBy(() -> host.withTransaction(() -> insert(host, 2)))
          .hasMessageContaining("TXH-520");

      kept.commit();
    }
    assertThat(rows()).containsExactly(1);
  }

  /** Lends one connection, which it does not close. */
  private static DataSource lending(Connection kept) {
    return new DelegatingDataSource() {
      @Override
      public Connection getConnection() throws SQLException {
        return new SingleConnectionDataSource(kept, true).getConnection();
      }

      @Override
      public boolean isWrapperFor(Class<?> type) {
        return false;
      }
    };
  }

  @Test
  void aStatementThatFailedOutsideLeavesNoTransactionBehind() throws Exception {
    TransactionHost<Connection> host =
        TransactionHost.builder(JdbcAdapter.over(pool))
            .fallbackPolicy(FallbackPolicy.ALLOW)
            .build();
    insert(host, 1);
    assertThatThrownBy(() -> insert(host, 1)).isInstanceOf(SQLException.class);

    host.withTransaction(() -> insert(host, 2));

    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aPoolWithAutoCommitOffIsNobodysTransaction() throws Exception {
    try (HikariDataSource off = pool(false)) {
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(off));
      host.withTransaction(() -> insert(host, 1));
      assertThatThrownBy(() -> host.withTransaction(() -> insert(host, 1))).isNotNull();

      host.withTransaction(() -> insert(host, 2));
    }
    assertThat(rows()).containsExactly(1, 2);
  }

  @Test
  void aPoolWithAutoCommitOffThatValidatesIsNobodysTransaction() throws Exception {
    PoolKind.Server at = PoolKind.Server.of(at());
    try (BasicDataSource dbcp = new BasicDataSource();
        AgroalDataSource agroal = validatingAgroal(at)) {
      dbcp.setUrl(at.url());
      dbcp.setUsername(at.user());
      dbcp.setPassword(at.password());
      dbcp.setDefaultAutoCommit(false);
      dbcp.setTestOnBorrow(true);
      int id = 0;
      for (DataSource validating : List.of(dbcp, agroal)) {
        TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(validating));
        for (int i = 0; i < 3; i++) {
          int next = ++id;
          host.withTransaction(() -> insert(host, next));
        }
      }
    }
    assertThat(rows()).hasSize(6);
  }

  private DataSource at() throws SQLException {
    return proxy == null ? database.dataSource() : server();
  }

  private static AgroalDataSource validatingAgroal(PoolKind.Server at) throws SQLException {
    return AgroalDataSource.from(
        new AgroalDataSourceConfigurationSupplier()
            .connectionPoolConfiguration(
                pool ->
                    pool.maxSize(1)
                        .validateOnBorrow(true)
                        .connectionValidator(ConnectionValidator.defaultValidator())
                        .connectionFactoryConfiguration(
                            factory ->
                                factory
                                    .jdbcUrl(at.url())
                                    .connectionProviderClassName(at.driver())
                                    .autoCommit(false)
                                    .principal(new NamePrincipal(at.user()))
                                    .credential(new SimplePassword(at.password())))));
  }

  // at start-up

  @Test // A28
  void aDataSourceThatIsKnownForItIsRefusedAtOnceHoweverItIsWrapped() {
    DataSource aware = new TransactionAwareDataSourceProxy(pool);
    TransactionHost<Connection> other = TransactionHost.create(JdbcAdapter.over(pool));

    for (DataSource each :
        List.of(
            aware,
            new LazyConnectionDataSourceProxy(aware),
            new DelegatingDataSource(new DelegatingDataSource(aware)),
            new TransactionAwareDataSourceProxy(pool) {},
            JdbcAdapter.dataSource(other),
            new DelegatingDataSource(JdbcAdapter.dataSource(other)))) {
      assertThatThrownBy(() -> JdbcAdapter.over(each))
          .isInstanceOf(TransactionException.class)
          .hasMessageContaining("TXH-521")
          .hasMessageContaining("Hand over the pool itself");
    }
  }

  @Test
  void aDataSourceThatIsNotIsTakenHoweverItIsWrapped() {
    for (DataSource each :
        List.of(
            pool,
            new LazyConnectionDataSourceProxy(pool),
            new DelegatingDataSource(pool),
            new DelegatingDataSource())) { // which does not know yet to whom
      assertThatCode(() -> JdbcAdapter.over(each)).doesNotThrowAnyException();
    }
  }

  // on a connection of its own

  private void assertAutoCommitIsOff() {
    Connection springsOwn = DataSourceUtils.getConnection(pool);
    try {
      assertThat(unchecked(springsOwn::getAutoCommit)).isFalse();
    } finally {
      DataSourceUtils.releaseConnection(springsOwn, pool);
    }
  }

  private interface Asking<R> {
    R ask() throws SQLException;
  }

  private static <R> R unchecked(Asking<R> asking) {
    try {
      return asking.ask();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void directly(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<Integer> rows() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select id from item order by id")) {
      List<Integer> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getInt(1));
      }
      return rows;
    }
  }
}
