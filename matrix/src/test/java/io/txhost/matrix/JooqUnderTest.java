package io.txhost.matrix;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.jooq.JooqAdapter;
import io.txhost.spi.TransactionAdapter;
import io.txhost.tck.LibraryUnderTest;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.ConnectionRunnable;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/** jOOQ as the contract uses it. */
final class JooqUnderTest implements LibraryUnderTest<DSLContext> {

  private final SQLDialect dialect;

  JooqUnderTest(SQLDialect dialect) {
    this.dialect = dialect;
  }

  @Override
  public TransactionAdapter<DSLContext> adapterOver(DataSource dataSource) {
    return JooqAdapter.over(dataSource, dialect);
  }

  @Override
  public void execute(DSLContext dsl, String sql) {
    dsl.execute(sql);
  }

  @Override
  public String queryForString(DSLContext dsl, String sql) {
    Record row = dsl.fetchOne(sql);
    return row == null ? null : row.get(0, String.class);
  }

  @Override
  public void prepare(DSLContext dsl, String sql) {
    dsl.connection(connection -> connection.prepareStatement(sql).close());
  }

  @Override
  public void touch(DSLContext dsl) {
    dsl.connection(
        connection -> {
          connection.getAutoCommit();
          connection.isReadOnly();
        });
    dsl.configuration().derive(new Settings()).dsl().selectOne().getSQL();
    dsl.newRecord(DSL.table("item"));
    var unused =
        dsl.transactionResult(
            inner -> inner.dsl().update(DSL.table("item")).set(DSL.field("label"), "y"));
  }

  @Override
  public String productName(DSLContext dsl) {
    return dsl.connectionResult(connection -> connection.getMetaData().getDatabaseProductName());
  }

  @Override
  public void failBeforeSending(DSLContext dsl) {
    dsl.connection(
        connection -> {
          try (var statement = connection.prepareStatement("insert into item (id) values (?)")) {
            statement.execute();
          }
        });
  }

  @Override
  public Map<String, ResourceCall<DSLContext>> rawTransactionCalls() {
    Map<String, ResourceCall<DSLContext>> calls = new LinkedHashMap<>();
    calls.put("commit", on(Connection::commit));
    calls.put("rollback", on(Connection::rollback));
    calls.put("setAutoCommit", on(c -> c.setAutoCommit(!c.getAutoCommit())));
    calls.put("abort", on(connection -> connection.abort(Runnable::run)));
    return calls;
  }

  @Override
  public Map<String, ResourceCall<DSLContext>> changesOfState() {
    Map<String, ResourceCall<DSLContext>> calls = new LinkedHashMap<>();
    calls.put("setReadOnly", on(connection -> connection.setReadOnly(true)));
    calls.put("setTransactionIsolation", on(connection -> connection.setTransactionIsolation(8)));
    return calls;
  }

  private static ResourceCall<DSLContext> on(ConnectionRunnable call) {
    return dsl -> dsl.connection(call);
  }

  @Override
  public <R> R inLibraryTransaction(DSLContext dsl, LibraryWork<DSLContext, R> work) {
    return dsl.transactionResult(configuration -> work.run(configuration.dsl()));
  }

  @Override
  public List<HostView> viewsOfOneHost(DataSource dataSource) {
    TransactionHost<Connection> jdbc = TransactionHost.create(JdbcAdapter.over(dataSource));
    TransactionHost<Handle> jdbi = JdbiAdapter.view(jdbc, Jdbi.create(dataSource));
    TransactionHost<DSLContext> jooq = JooqAdapter.view(jdbc, dialect);
    DSLContext shared = JooqAdapter.dsl(jooq);
    DSLContext joining = DSL.using(JdbcAdapter.dataSource(jdbc), dialect);
    return List.of(
        new HostView("JDBC", jdbc, sql -> executeOn(jdbc.tx(), sql)),
        new HostView("Jdbi", jdbi, sql -> jdbi.tx().execute(sql)),
        new HostView("tx()", jooq, sql -> jooq.tx().execute(sql)),
        new HostView("shared", jooq, shared::execute),
        new HostView("of the Configuration", jooq, DSL.using(shared.configuration())::execute),
        new HostView("another jOOQ", jdbc, joining::execute));
  }

  private static void executeOn(Connection connection, String sql) throws Exception {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
