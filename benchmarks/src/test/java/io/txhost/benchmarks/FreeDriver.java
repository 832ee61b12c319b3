package io.txhost.benchmarks;

import java.lang.invoke.MethodHandles;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.ExceptionMethod;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * A driver with its pool whose calls cost next to nothing: none makes an object, all are counted.
 * What is left of a measurement is what the library does around the driver.
 *
 * <p>The classes beside this one have what is called here; ByteBuddy adds the rest of JDBC's
 * methods, each of which throws.
 *
 * <p><b>Threads:</b> for one at a time.
 */
final class FreeDriver {
  static final String SQL = "insert into orders(id) values(?)";
  static final String QUERY = "select id, number, name, price, paid from orders";

  private static final Class<? extends FreeDataSource> DATA_SOURCES = whole(FreeDataSource.class);
  private static final Class<? extends FreeConnection> CONNECTIONS = whole(FreeConnection.class);
  private static final Class<? extends FreeStatement> STATEMENTS = whole(FreeStatement.class);
  private static final Class<? extends FreeRows> ROWS = whole(FreeRows.class);
  private static final Class<? extends FreeMetaData> META_DATA = whole(FreeMetaData.class);

  private final FreeDataSource dataSource = made(DATA_SOURCES);
  private final FreeConnection[] connections;
  private int out;

  /** Calls of the data source and of connections. */
  long connectionCalls;

  /** What connections answer by themselves: {@code isClosed}, {@code isWrapperFor}. */
  long questions;

  /** Calls of statements and of results. */
  long statementCalls;

  FreeDriver() {
    this(8);
  }

  /**
   * A driver.
   *
   * @param size of the pool
   */
  FreeDriver(int size) {
    dataSource.driver = this;
    connections = new FreeConnection[size];
    for (int i = 0; i < size; i++) {
      connections[i] = connection();
    }
  }

  DataSource dataSource() {
    return dataSource;
  }

  Connection lend() {
    if (out == connections.length) {
      throw new IllegalStateException("All " + out + " connections are out");
    }
    return connections[out++];
  }

  void giveBack(FreeConnection connection) {
    out--;
    for (int i = out; i >= 0; i--) { // where it lies in the last one's place
      if (connections[i] == connection) {
        connections[i] = connections[out];
        connections[out] = connection;
        return;
      }
    }
    throw new IllegalStateException("Closed twice: " + connection);
  }

  private FreeConnection connection() {
    FreeConnection connection = made(CONNECTIONS);
    FreeStatement statement = made(STATEMENTS);
    FreeRows rows = made(ROWS);
    FreeMetaData metaData = made(META_DATA);
    connection.driver = this;
    connection.statement = statement;
    connection.metaData = metaData;
    statement.driver = this;
    statement.connection = connection;
    statement.rows = rows;
    rows.driver = this;
    metaData.connection = connection;
    return connection;
  }

  private static <T> Class<? extends T> whole(Class<T> type) {
    return new ByteBuddy()
        .subclass(type)
        .method(ElementMatchers.isAbstract())
        .intercept(ExceptionMethod.throwing(UnsupportedOperationException.class))
        .make()
        .load(type.getClassLoader(), ClassLoadingStrategy.UsingLookup.of(MethodHandles.lookup()))
        .getLoaded();
  }

  private static <T> T made(Class<T> type) {
    try {
      return type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The pool. */
  abstract static class FreeDataSource implements DataSource {
    FreeDriver driver;

    @Override
    public Connection getConnection() {
      driver.connectionCalls++;
      return driver.lend();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }

  /** What is asked once per pool. */
  abstract static class FreeMetaData implements DatabaseMetaData {
    Connection connection;

    @Override
    public String getDatabaseProductName() {
      return "Free";
    }

    @Override
    public String getDatabaseProductVersion() {
      return "1";
    }

    @Override
    public int getDatabaseMajorVersion() {
      return 1;
    }

    @Override
    public int getDatabaseMinorVersion() {
      return 0;
    }

    @Override
    public String getDriverName() {
      return "Free driver";
    }

    @Override
    public String getURL() {
      return "jdbc:free:";
    }

    @Override
    public boolean supportsSavepoints() {
      return true;
    }

    @Override
    public boolean supportsTransactionIsolationLevel(int level) {
      return true;
    }

    @Override
    public int getDefaultTransactionIsolation() {
      return Connection.TRANSACTION_READ_COMMITTED;
    }

    @Override
    public boolean dataDefinitionCausesTransactionCommit() {
      return false;
    }

    @Override
    public boolean dataDefinitionIgnoredInTransactions() {
      return false;
    }

    @Override
    public boolean supportsGetGeneratedKeys() {
      return true;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return connection;
    }
  }
}
