package io.txhost.matrix;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionAdapter;
import io.txhost.tck.AdapterUnderTest;
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

/** JDBC as the contract uses it. */
final class JdbcUnderTest implements AdapterUnderTest<Connection> {

  @Override
  public TransactionAdapter<Connection> adapterOver(DataSource dataSource) {
    return JdbcAdapter.over(dataSource);
  }

  @Override
  public void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public @Nullable String queryForString(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  @Override
  public void prepare(Connection connection, String sql) throws SQLException {
    connection.prepareStatement(sql).close();
  }

  @Override
  public void touch(Connection connection) throws SQLException {
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
  public String productName(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName();
  }

  @Override
  public void failBeforeSending(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into item (id, label) values (?, ?)")) {
      statement.setInt(1, 7);
      statement.execute();
    }
  }

  @Override
  public Map<String, ResourceCall<Connection>> rawTransactionCalls() {
    Map<String, ResourceCall<Connection>> calls = new LinkedHashMap<>();
    calls.put("commit", Connection::commit);
    calls.put("rollback", Connection::rollback);
    calls.put("setAutoCommit", c -> c.setAutoCommit(!c.getAutoCommit()));
    calls.put("abort", connection -> connection.abort(Runnable::run));
    return calls;
  }

  @Override
  public Map<String, ResourceCall<Connection>> changesOfState() {
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
  public List<HostView> viewsOfOneHost(DataSource dataSource) {
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
