package io.txhost.matrix;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.spi.TransactionAdapter;
import io.txhost.tck.LibraryUnderTest;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Jdbi as the contract uses it. */
final class JdbiUnderTest implements LibraryUnderTest<Handle> {

  @Override
  public TransactionAdapter<Handle> adapterOver(DataSource dataSource) {
    return JdbiAdapter.over(Jdbi.create(dataSource));
  }

  @Override
  public void execute(Handle handle, String sql) {
    handle.execute(sql);
  }

  @Override
  public String queryForString(Handle handle, String sql) {
    return handle.createQuery(sql).mapTo(String.class).findFirst().orElse(null);
  }

  @Override
  public void prepare(Handle handle, String sql) {
    try (Query query = handle.createQuery(sql)) {
      query.setMaxRows(1);
    }
  }

  @Override
  public void touch(Handle handle) throws Exception {
    handle.getConnection().getAutoCommit();
    handle.isInTransaction();
    handle.isReadOnly();
    handle.isClosed();
    handle.getConfig();
    handle.createQuery("select 1");
    handle.inTransaction(nested -> nested.createUpdate("update item set label = 'y'"));
  }

  @Override
  public String productName(Handle handle) {
    return handle.queryMetadata(DatabaseMetaData::getDatabaseProductName);
  }

  @Override
  public void failBeforeSending(Handle handle) {
    handle.createUpdate("insert into item (id) values (:id)").execute();
  }

  @Override
  public Map<String, ResourceCall<Handle>> rawTransactionCalls() {
    Map<String, ResourceCall<Handle>> calls = new LinkedHashMap<>();
    calls.put("commit", Handle::commit);
    calls.put("rollback", Handle::rollback);
    calls.put("setAutoCommit", handle -> flipAutoCommit(handle.getConnection()));
    return calls;
  }

  private static void flipAutoCommit(Connection connection) throws SQLException {
    connection.setAutoCommit(!connection.getAutoCommit());
  }

  @Override
  public Map<String, ResourceCall<Handle>> changesOfState() {
    Map<String, ResourceCall<Handle>> calls = new LinkedHashMap<>();
    calls.put("begin", Handle::begin);
    calls.put("setReadOnly", handle -> handle.setReadOnly(true));
    calls.put(
        "setTransactionIsolationLevel",
        handle -> handle.setTransactionIsolationLevel(TransactionIsolationLevel.SERIALIZABLE));
    return calls;
  }

  @Override
  public <R> R inLibraryTransaction(Handle handle, LibraryWork<Handle, R> work) throws Exception {
    return handle.inTransaction(work::run);
  }

  @Override
  public List<HostView> viewsOfOneHost(DataSource dataSource) {
    TransactionHost<Connection> jdbc = TransactionHost.create(JdbcAdapter.over(dataSource));
    Jdbi jdbi = Jdbi.create(dataSource);
    TransactionHost<Handle> handles = JdbiAdapter.view(jdbc, jdbi);
    Jdbi joining = Jdbi.create(JdbcAdapter.dataSource(jdbc));
    return List.of(
        new HostView("JDBC", jdbc, sql -> executeOn(jdbc.tx(), sql)),
        new HostView("tx()", handles, sql -> handles.tx().execute(sql)),
        new HostView("withHandle", handles, sql -> jdbi.withHandle(handle -> handle.execute(sql))),
        new HostView("another Jdbi", jdbc, sql -> joining.useHandle(h -> h.execute(sql))));
  }

  private static void executeOn(Connection connection, String sql) throws Exception {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
