package io.txhost.matrix;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionAdapter;
import io.txhost.tck.AdapterContract;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The contract for JDBC. */
final class JdbcContractTest extends OnEveryCombination {

  JdbcContractTest(Combination combination) {
    super(combination);
  }

  @Nested
  class Contract extends AdapterContract<Connection> {

    @Override
    protected Database openDatabase() throws SQLException {
      return combination.database().open();
    }

    @Override
    protected PoolOptions poolOptions() {
      return combination.pooling().of(super.poolOptions());
    }

    @Override
    protected TransactionAdapter<Connection> adapterOver(DataSource dataSource) {
      return JdbcAdapter.over(dataSource);
    }

    @Override
    protected void execute(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    @Override
    protected @Nullable String queryForString(Connection connection, String sql)
        throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(sql)) {
        result.next();
        return result.getString(1);
      }
    }

    @Override
    protected void prepare(Connection connection, String sql) throws SQLException {
      connection.prepareStatement(sql).close();
    }

    @Override
    protected void touch(Connection connection) throws SQLException {
      connection.getAutoCommit();
      connection.isReadOnly();
      connection.getTransactionIsolation();
      connection.isClosed();
      connection.isValid(1);
      connection.getWarnings();
      connection.clearWarnings();
      connection.getMetaData();
      connection.close();
    }

    @Override
    protected String productName(Connection connection) throws SQLException {
      return connection.getMetaData().getDatabaseProductName();
    }

    @Override
    protected void failBeforeSending(Connection connection) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement("insert into item (id, label) values (?, ?)")) {
        statement.setInt(1, 7);
        statement.execute();
      }
    }

    @Override
    protected Map<String, ResourceCall<Connection>> rawTransactionCalls() {
      Map<String, ResourceCall<Connection>> calls = new LinkedHashMap<>();
      calls.put("commit", Connection::commit);
      calls.put("rollback", Connection::rollback);
      calls.put("setAutoCommit", c -> c.setAutoCommit(!c.getAutoCommit()));
      calls.put("abort", connection -> connection.abort(Runnable::run));
      return calls;
    }

    @Override
    protected Map<String, ResourceCall<Connection>> changesOfState() {
      Executor here = Runnable::run;
      Map<String, ResourceCall<Connection>> calls = new LinkedHashMap<>();
      calls.put("setReadOnly", c -> c.setReadOnly(!c.isReadOnly()));
      calls.put(
          "setTransactionIsolation",
          connection -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE));
      calls.put("setCatalog", connection -> connection.setCatalog("x"));
      calls.put("setSchema", connection -> connection.setSchema("x"));
      calls.put("setHoldability", c -> c.setHoldability(otherThan(c.getHoldability())));
      calls.put("setTypeMap", connection -> connection.setTypeMap(Map.of("x", String.class)));
      calls.put("setNetworkTimeout", c -> c.setNetworkTimeout(here, c.getNetworkTimeout() + 1));
      calls.put("setClientInfo", connection -> connection.setClientInfo("a", "b"));
      calls.put("setClientInfo(..)", connection -> connection.setClientInfo(someClientInfo()));
      return calls;
    }

    private static int otherThan(int holdability) {
      return holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT
          ? ResultSet.CLOSE_CURSORS_AT_COMMIT
          : ResultSet.HOLD_CURSORS_OVER_COMMIT;
    }

    private static Properties someClientInfo() {
      Properties properties = new Properties();
      properties.setProperty("a", "b");
      return properties;
    }

    @Override
    protected List<HostView> viewsOfOneHost(DataSource dataSource) {
      TransactionHost<Connection> host = TransactionHost.create(adapterOver(dataSource));
      DataSource joining = JdbcAdapter.dataSource(host);
      return List.of(
          new HostView("tx()", host, sql -> execute(host.tx(), sql)),
          new HostView("data source", host, sql -> executeThrough(joining, sql)));
    }

    private void executeThrough(DataSource joining, String sql) throws SQLException {
      try (Connection connection = joining.getConnection()) {
        execute(connection, sql);
      }
    }
  }
}
