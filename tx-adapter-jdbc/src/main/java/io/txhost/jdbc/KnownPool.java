package io.txhost.jdbc;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The pools whose size is found by itself. None is a dependency of ours, so by their names. */
enum KnownPool {
  HIKARI("com.zaxxer.hikari.HikariDataSource") {
    @Override
    PoolLimits limits(String name, Object pool) throws ReflectiveOperationException {
      return PoolLimits.asked(name, pool, "getMaximumPoolSize", "getConnectionTimeout");
    }
  },
  AGROAL("io.agroal.api.AgroalDataSource") {
    @Override
    PoolLimits limits(String name, Object pool) throws ReflectiveOperationException {
      Object ofAll = ask(pool, "getConfiguration");
      Object ofPool = ask(ofAll, "connectionPoolConfiguration");
      return PoolLimits.asked(name, ofPool, "maxSize", "acquisitionTimeout");
    }
  },
  TOMCAT("org.apache.tomcat.jdbc.pool.DataSourceProxy") {
    @Override
    PoolLimits limits(String name, Object pool) throws ReflectiveOperationException {
      return isTrue(pool, "isRemoveAbandoned")
          ? PoolLimits.unknown(name)
          : PoolLimits.asked(name, pool, "getMaxActive", "getMaxWait");
    }
  },
  DBCP("org.apache.commons.dbcp2.BasicDataSource") {
    @Override
    PoolLimits limits(String name, Object pool) throws ReflectiveOperationException {
      return isTrue(pool, "getRemoveAbandonedOnBorrow")
              || isTrue(pool, "getRemoveAbandonedOnMaintenance")
          ? PoolLimits.unknown(name)
          : PoolLimits.asked(name, pool, "getMaxTotal", "getMaxWaitMillis");
    }
  },
  TOMCATS_DBCP("org.apache.tomcat.dbcp.dbcp2.BasicDataSource") {
    @Override
    PoolLimits limits(String name, Object pool) throws ReflectiveOperationException {
      return DBCP.limits(name, pool);
    }
  };

  private final String type;

  KnownPool(String type) {
    this.type = type;
  }

  /** One that takes connections back from whoever keeps them for long has more than its size. */
  abstract PoolLimits limits(String name, Object pool) throws ReflectiveOperationException;

  private static boolean isTrue(Object pool, String question) throws ReflectiveOperationException {
    return ask(pool, question).equals(true);
  }

  private static Object ask(Object pool, String question) throws ReflectiveOperationException {
    return PoolLimits.publicMethod(pool.getClass(), question).invoke(pool);
  }

  /** What is found behind a data source: a pool, or the type by which one is unwrapped. */
  record Found(KnownPool kind, Class<?> type, boolean isItself) {

    /** The pool that the data source leads to on this thread, null if it does not now. */
    @Nullable Object pool(DataSource dataSource) {
      try {
        return isItself ? dataSource : dataSource.unwrap(type);
      } catch (SQLException | RuntimeException e) {
        return null;
      }
    }
  }

  /** Null if no pool is known behind it. */
  static @Nullable Found behind(DataSource dataSource) {
    for (KnownPool each : List.of(values())) {
      Found found = each.find(dataSource);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Found find(DataSource dataSource) {
    Class<?> known = SomebodyElses.find(type, dataSource.getClass().getClassLoader());
    if (known == null) {
      return null;
    }
    if (known.isInstance(dataSource)) {
      return new Found(this, known, true);
    }
    return SomebodyElses.leadsTo(dataSource, known) ? new Found(this, known, false) : null;
  }

  PoolLimits limitsOf(Object pool, String name) {
    try {
      return limits(name, pool);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return PoolLimits.unknown(name); // another version, that has other methods
    }
  }
}
