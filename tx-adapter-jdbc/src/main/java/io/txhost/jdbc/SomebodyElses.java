package io.txhost.jdbc;

import io.txhost.TransactionException;
import io.txhost.jdbc.DriverState.Phase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds connections that come with a transaction of somebody else's: beginning one of ours there
 * would join it, and ending ours would end it. Sends nothing.
 */
final class SomebodyElses {
  private static final String SPRINGS_PROXY =
      "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy";

  private SomebodyElses() {}

  /**
   * Refuses a data source that is known for it, also where others lie around it.
   *
   * @throws TransactionException TXH-521
   */
  static void refuse(DataSource dataSource) {
    Class<?> proxy = find(SPRINGS_PROXY, dataSource.getClass().getClassLoader());
    if (proxy != null && leadsTo(dataSource, proxy)) {
      throw Refusals.dataSourceOfAnothers("Spring's TransactionAwareDataSourceProxy");
    }
    if (leadsTo(dataSource, JoiningDataSource.class)) {
      throw Refusals.dataSourceOfAnothers("the data source of another host");
    }
  }

  static boolean leadsTo(DataSource dataSource, Class<?> type) {
    try {
      return type.isInstance(dataSource) || dataSource.isWrapperFor(type);
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      return false; // one that routes may not know where to yet: its connections are looked at
    }
  }

  static @Nullable Class<?> find(String name, @Nullable ClassLoader first) {
    Class<?> found = load(name, first);
    return found == null ? load(name, Thread.currentThread().getContextClassLoader()) : found;
  }

  private static @Nullable Class<?> load(String name, @Nullable ClassLoader classes) {
    try {
      return Class.forName(name, false, classes);
    } catch (ClassNotFoundException | LinkageError absent) {
      return null;
    }
  }

  /**
   * Refuses a connection of another host's, or of this one. Comes before its driver is looked for:
   * that would begin it.
   *
   * @throws TransactionException TXH-520
   */
  static void refuseOfAHost(Connection connection, ConnectionSource source) throws SQLException {
    if (isOfAHost(connection)) {
      throw Refusals.transactionOfAnothers(source);
    }
  }

  /**
   * Refuses a connection that was just taken if a transaction is under way on it.
   *
   * @param state what its driver tells
   * @throws TransactionException TXH-520
   */
  static void refuseUnderWay(
      Connection connection, DriverState state, boolean autoCommits, ConnectionSource source)
      throws SQLException {
    if (isUnderWay(connection, state, autoCommits)) {
      throw Refusals.transactionOfAnothers(source);
    }
  }

  private static boolean isOfAHost(Connection connection) throws SQLException {
    try {
      return Behind.find(connection, TransactionConnection.class) != null;
    } catch (AbstractMethodError older) { // a driver from before JDBC 4
      return false;
    }
  }

  private static boolean isUnderWay(Connection connection, DriverState state, boolean autoCommits)
      throws SQLException {
    Phase phase = state.phase();
    if (phase == Phase.OPEN || phase == Phase.FAILED) {
      return !autoCommits || !state.takesAnErrorForATransaction();
    }
    return !autoCommits && (isSprings(connection) || H2Session.hasUncommitted(connection));
  }

  /**
   * Spring begins without a word: nothing was sent yet, and it takes the connection for its own.
   */
  private static boolean isSprings(Connection connection) {
    return Proxy.isProxyClass(connection.getClass())
        && Proxy.getInvocationHandler(connection).getClass().getName().startsWith(SPRINGS_PROXY);
  }
}
