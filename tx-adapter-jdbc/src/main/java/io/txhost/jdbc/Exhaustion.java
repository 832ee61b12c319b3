package io.txhost.jdbc;

import io.txhost.spi.CauseChain;
import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Whether a pool failed since all its connections are out. Any word of a driver's says that it is
 * something else: the database is down, or refuses. Else each pool says it in its own way, by a
 * type; what no pool is known to say is not taken for it. See docs/in-depth/pools.md.
 */
final class Exhaustion {
  private static final Set<String> TYPES =
      Set.of(
          "com.alibaba.druid.pool.GetConnectionTimeoutException",
          "org.apache.tomcat.jdbc.pool.PoolExhaustedException");

  /** "All connections are in use", without the part of it that all UCP's errors have. */
  private static final int UCP_IN_USE = 45_064;

  /** Where it is there, how long a pool took must be known. */
  static final String TOLD_BY_TIME = "io.agroal.api.AgroalDataSource";

  /** Agroal says nothing else of a closed pool, but at once. */
  private static final Duration AGROAL_AT_ONCE = Duration.ofMillis(20);

  private Exhaustion() {}

  /**
   * Whether that is so.
   *
   * @param failure what the pool threw
   * @param waited how long that took, if {@link #TOLD_BY_TIME} is there
   */
  static boolean isSaidBy(Exception failure, Duration waited, DataSource pool) {
    Set<Throwable> chain = CauseChain.of(failure);
    return chain.stream().noneMatch(Exhaustion::isOfDriver)
        && chain.stream().anyMatch(each -> isExhausted(each, waited, pool));
  }

  /**
   * By a SQLSTATE: of the pools only Vibur has any of its own, and HikariCP repeats the driver's.
   */
  private static boolean isOfDriver(Throwable failure) {
    return failure instanceof InterruptedException
        || (failure instanceof SQLException sql
            && sql.getSQLState() != null
            && !sql.getSQLState().startsWith("VI"));
  }

  private static boolean isExhausted(Throwable failure, Duration waited, DataSource pool) {
    String type = failure.getClass().getName();
    return failure instanceof SQLTransientConnectionException // HikariCP, and as JDBC has it
        || failure instanceof SQLTimeoutException // Vibur
        || failure instanceof NoSuchElementException // DBCP2's, of Commons Pool
        || TYPES.contains(type)
        || (type.equals("com.mchange.v2.resourcepool.TimeoutException") && isC3p0AllOut(pool))
        || (type.equals("oracle.ucp.UniversalConnectionPoolException") && isUcpAllOut(failure))
        || (isAgroals(failure) && waited.compareTo(AGROAL_AT_ONCE) > 0);
  }

  /** A plain one, by where it was made. */
  private static boolean isAgroals(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure.getClass() == SQLException.class
        && failure.getCause() == null
        && stack.length > 0
        && stack[0].getClassName().startsWith("io.agroal.pool.");
  }

  /** It says the same where it cannot connect. */
  private static boolean isC3p0AllOut(DataSource dataSource) {
    try {
      Class<?> type =
          Class.forName(
              "com.mchange.v2.c3p0.ComboPooledDataSource",
              false,
              Exhaustion.class.getClassLoader());
      Object pool = type.isInstance(dataSource) ? dataSource : dataSource.unwrap(type);
      int busy = (int) type.getMethod("getNumBusyConnectionsDefaultUser").invoke(pool);
      return busy >= (int) type.getMethod("getMaxPoolSize").invoke(pool);
    } catch (ReflectiveOperationException | SQLException | RuntimeException | LinkageError e) {
      return false; // it cannot be asked
    }
  }

  private static boolean isUcpAllOut(Throwable failure) {
    try {
      Object code = failure.getClass().getMethod("getErrorCode").invoke(failure);
      return code.equals(UCP_IN_USE) || code.equals(UCP_IN_USE - 45_000);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
