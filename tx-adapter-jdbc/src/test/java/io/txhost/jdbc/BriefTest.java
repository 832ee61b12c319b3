package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.FallbackPolicy;
import io.txhost.TransactionHost;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

/** A31: the transaction around each statement outside, in a block that has one connection. */
@ExtendWith(NothingLeftBehind.class)
class BriefTest {
  private final AtomicInteger tenant = new AtomicInteger();
  private Database database;
  private Pool pool;
  private TransactionHost<Connection> host;

  @BeforeEach
  void open() throws SQLException {
    database = Database.postgres();
    pool = Pool.on(database, PoolOptions.defaults().size(1));
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id integer primary key, tenant varchar(10))");
      statement.execute("insert into item values (1, 'x'), (2, 'x')");
    }
    host =
        TransactionHost.builder(JdbcAdapter.over(pool))
            .fallbackPolicy(FallbackPolicy.ALLOW)
            .onBegin(
                (connection, transaction) -> {
                  try (Statement statement = connection.createStatement()) {
                    statement.execute(
                        "select set_config('app.tenant', '"
                            + tenant.incrementAndGet()
                            + "', true)");
                  }
                })
            .build();
  }

  @AfterEach
  void close() throws Exception {
    assertThat(pool.connectionsOut()).isZero();
    pool.close();
    database.close();
  }

  private FallbackConnection block() {
    return ((FallbackConnection) host.tx()).block();
  }

  private static String setting(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return setting(statement);
    }
  }

  private static String setting(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select current_setting('app.tenant')")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void eachStatementOfABlockHasItsOwnOnTheBlocksConnection() throws SQLException {
    try (FallbackConnection block = block()) {
      try (Statement first = block.createStatement();
          Statement second = block.createStatement()) {
        assertThat(setting(first)).isEqualTo("1");
        assertThat(setting(second)).isEqualTo("2");
        assertThat(setting(first)).isEqualTo("3");
      }
      assertThat(setting(block)).isEqualTo("4");
    }
  }

  @Test
  void aQueryThatIsStillReadGivesWayToTheNextStatement() throws SQLException {
    try (FallbackConnection block = block();
        Statement reading = block.createStatement();
        ResultSet rows = reading.executeQuery("select id from item order by id")) {
      assertThat(rows.next()).isTrue();
      try (Statement writing = block.createStatement()) {
        writing.executeUpdate("update item set tenant = current_setting('app.tenant')");
      }
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(2);
      assertThat(setting(block)).isEqualTo("3");
    }
    assertThat(tenants()).isEqualTo("2,2");
  }

  private String tenants() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select string_agg(tenant, ',') from item")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aTransactionInsideTheBlockHasItsOwnToo() throws SQLException {
    try (FallbackConnection block = block();
        Statement reading = block.createStatement();
        ResultSet rows = reading.executeQuery("select id from item")) {
      assertThat(rows.next()).isTrue();
      host.withTransaction(
          () -> {
            assertThat(setting(host.tx())).isEqualTo("2");
            assertThat(setting(host.tx())).isEqualTo("2");
          });
      assertThat(setting(block)).isEqualTo("3");
    }
  }

  @Test
  void whatTheDriversObjectSendsFirstHasItToo() throws Exception {
    try (FallbackConnection block = block()) {
      StringWriter out = new StringWriter();
      PGConnection driver = block.unwrap(PGConnection.class);
      driver.getCopyAPI().copyOut("copy (select current_setting('app.tenant')) to stdout", out);
      assertThat(out.toString().strip()).isEqualTo("1");
      assertThat(setting(block)).isEqualTo("2");
    }
  }

  @Test
  void metadataIsAskedInOneToo() throws SQLException {
    try (ResultSet tables = host.tx().getMetaData().getTables(null, null, "item", null)) {
      assertThat(tables.next()).isTrue();
    }
    assertThat(tenant).hasValue(1);
  }

  @Test
  void aRowThatIsChangedIsCommittedWhenThatReturns() throws SQLException {
    try (Statement statement =
            host.tx()
                .createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rows = statement.executeQuery("select id, tenant from item where id = 1")) {
      assertThat(rows.next()).isTrue();
      rows.updateString("tenant", "new");
      rows.updateRow();
      assertThat(tenants()).contains("new");
    }
    assertThat(tenant).hasValue(1);
  }

  @Test
  void aConstraintThatFailsAtTheCommitIsTheStatementsFailure() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table late (id integer references item (id) deferrable initially deferred)");
    }
    Throwable failure =
        catchThrowable(
            () -> {
              try (Statement statement = host.tx().createStatement()) {
                statement.executeUpdate("insert into late values (99)");
              }
            });

    assertThat(failure)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23503"));
    assertThat(setting(host.tx())).isEqualTo("2");
  }

  @Test
  void aQueryOutsideThatWasForgottenGivesItsConnectionBackSound() throws SQLException {
    Connection kept = host.tx();
    Statement statement = kept.createStatement();
    ResultSet rows = statement.executeQuery("select id from item");
    assertThat(rows.next()).isTrue();
    kept.close();

    try (Connection next = pool.getConnection();
        Statement fresh = next.createStatement();
        ResultSet row = fresh.executeQuery("select current_setting('app.tenant', true)")) {
      row.next();
      assertThat(next.getAutoCommit()).isTrue();
      assertThat(row.getString(1)).isNullOrEmpty();
    }
  }
}
