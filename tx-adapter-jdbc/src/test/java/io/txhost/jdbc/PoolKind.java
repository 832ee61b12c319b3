package io.txhost.jdbc;

import com.alibaba.druid.pool.DruidDataSource;
import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.mysql.cj.jdbc.MysqlDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.vibur.dbcp.ViburDBCPDataSource;

/** The pools, each as it comes: what is set is where it connects to, its size and its patience. */
enum PoolKind {
  HIKARI {
    @Override
    Opened open(Server server, int size, Duration patience) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(server.url);
      config.setUsername(server.user);
      config.setPassword(server.password);
      config.setMaximumPoolSize(size);
      config.setMinimumIdle(0);
      config.setConnectionTimeout(patience.toMillis());
      config.setInitializationFailTimeout(-1);
      HikariDataSource pool = new HikariDataSource(config);
      return new Opened(pool, pool::close);
    }
  },
  AGROAL {
    @Override
    Opened open(Server server, int size, Duration patience) throws Exception {
      AgroalDataSource pool = agroal(server, size, patience);
      return new Opened(pool, pool::close);
    }
  },
  C3P0 {
    @Override
    Opened open(Server server, int size, Duration patience) {
      ComboPooledDataSource pool = new ComboPooledDataSource();
      pool.setJdbcUrl(server.url);
      pool.setUser(server.user);
      pool.setPassword(server.password);
      pool.setMinPoolSize(0);
      pool.setInitialPoolSize(0);
      pool.setAcquireIncrement(1);
      pool.setMaxPoolSize(size);
      pool.setCheckoutTimeout((int) patience.toMillis());
      return new Opened(pool, pool::close);
    }
  },
  DBCP2 {
    @Override
    Opened open(Server server, int size, Duration patience) {
      BasicDataSource pool = new BasicDataSource();
      pool.setUrl(server.url);
      pool.setUsername(server.user);
      pool.setPassword(server.password);
      pool.setMaxTotal(size);
      pool.setMaxWait(patience);
      return new Opened(pool, pool::close);
    }
  },
  TOMCAT {
    @Override
    Opened open(Server server, int size, Duration patience) {
      PoolProperties properties = new PoolProperties();
      properties.setUrl(server.url);
      properties.setDriverClassName(server.driver);
      properties.setUsername(server.user);
      properties.setPassword(server.password);
      properties.setInitialSize(0);
      properties.setMaxActive(size);
      properties.setMaxIdle(size);
      properties.setMinIdle(0);
      properties.setMaxWait((int) patience.toMillis());
      var pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
      return new Opened(pool, pool::close);
    }
  },
  VIBUR {
    @Override
    Opened open(Server server, int size, Duration patience) {
      ViburDBCPDataSource pool = new ViburDBCPDataSource();
      pool.setJdbcUrl(server.url);
      pool.setUsername(server.user);
      pool.setPassword(server.password);
      pool.setPoolInitialSize(0);
      pool.setPoolMaxSize(size);
      pool.setConnectionTimeoutInMs((int) patience.toMillis());
      pool.start();
      return new Opened(pool, pool::close);
    }
  },
  DRUID {
    @Override
    Opened open(Server server, int size, Duration patience) {
      DruidDataSource pool = new DruidDataSource();
      pool.setUrl(server.url);
      pool.setUsername(server.user);
      pool.setPassword(server.password);
      pool.setInitialSize(0);
      pool.setMinIdle(0);
      pool.setMaxActive(size);
      pool.setMaxWait(patience.toMillis());
      return new Opened(pool, pool::close);
    }
  },
  UCP {
    @Override
    Opened open(Server server, int size, Duration patience) throws Exception {
      String name = "pool-" + UUID.randomUUID();
      DataSource pool =
          (DataSource) Ucp.make("oracle.ucp.jdbc.PoolDataSourceFactory", "getPoolDataSource");
      Ucp.set(pool, "setConnectionPoolName", String.class, name);
      Ucp.set(pool, "setConnectionFactoryClassName", String.class, server.driver);
      Ucp.set(pool, "setURL", String.class, server.url);
      Ucp.set(pool, "setUser", String.class, server.user);
      Ucp.set(pool, "setPassword", String.class, server.password);
      Ucp.set(pool, "setInitialPoolSize", int.class, 0);
      Ucp.set(pool, "setMinPoolSize", int.class, 0);
      Ucp.set(pool, "setMaxPoolSize", int.class, size);
      Ucp.set(pool, "setConnectionWaitDuration", Duration.class, patience);
      Object pools =
          Ucp.make(
              "oracle.ucp.admin.UniversalConnectionPoolManagerImpl",
              "getUniversalConnectionPoolManager");
      return new Opened(pool, () -> Ucp.set(pools, "destroyConnectionPool", String.class, name));
    }
  },
  NONE {
    @Override
    Opened open(Server server, int size, Duration patience) {
      return new Opened(server.direct, () -> {});
    }
  };

  /** Where connections come from. Closing it closes the pool, once. */
  static final class Opened implements AutoCloseable {
    private final DataSource dataSource;
    private final AutoCloseable closing;
    private final int told;
    private boolean isClosed;

    Opened(DataSource dataSource, AutoCloseable closing) {
      this(dataSource, closing, -1);
    }

    private Opened(DataSource dataSource, AutoCloseable closing, int told) {
      this.dataSource = dataSource;
      this.closing = closing;
      this.told = told;
    }

    /** The same, of a size that its host is told. */
    Opened ofTold(int size) {
      return new Opened(dataSource, closing, size);
    }

    /** The size that its host is to be told, -1 for none. */
    int told() {
      return told;
    }

    DataSource dataSource() {
      return dataSource;
    }

    @Override
    public void close() throws Exception {
      if (!isClosed) {
        isClosed = true;
        closing.close();
      }
    }
  }

  /** Where a server listens, in the words of each pool. */
  record Server(DataSource direct, String url, String user, String password, String driver) {

    static Server of(DataSource direct) throws SQLException {
      if (direct instanceof PGSimpleDataSource postgres) {
        return new Server(
            direct,
            postgres.getURL(),
            postgres.getUser(),
            postgres.getPassword() == null ? "" : postgres.getPassword(),
            "org.postgresql.Driver");
      }
      if (direct instanceof MysqlDataSource mysql) {
        return new Server(direct, mysql.getURL(), "root", "", "com.mysql.cj.jdbc.Driver");
      }
      if (direct instanceof org.h2.jdbcx.JdbcDataSource h2) {
        return new Server(direct, h2.getURL(), h2.getUser(), h2.getPassword(), "org.h2.Driver");
      }
      return new Server(
          direct, ((MariaDbDataSource) direct).getUrl(), "root", "", "org.mariadb.jdbc.Driver");
    }
  }

  /** Else the host must be told; without a pool there is none. */
  boolean sizeIsFound() {
    return switch (this) {
      case HIKARI, AGROAL, TOMCAT, DBCP2, NONE -> true;
      case C3P0, VIBUR, DRUID, UCP -> false;
    };
  }

  abstract Opened open(Server server, int size, Duration patience) throws Exception;

  private static AgroalDataSource agroal(Server server, int size, Duration patience)
      throws SQLException {
    return AgroalDataSource.from(
        new AgroalDataSourceConfigurationSupplier()
            .connectionPoolConfiguration(
                pool ->
                    pool.maxSize(size)
                        .acquisitionTimeout(patience)
                        .connectionFactoryConfiguration(
                            factory ->
                                factory
                                    .jdbcUrl(server.url)
                                    .connectionProviderClassName(server.driver)
                                    .principal(new NamePrincipal(server.user))
                                    .credential(new SimplePassword(server.password)))));
  }

  /** By name: javac warns of annotations that its classes refer to and its jar lacks. */
  private static final class Ucp {
    static Object make(String type, String factory) throws Exception {
      return Class.forName(type).getMethod(factory).invoke(null);
    }

    static void set(Object on, String setter, Class<?> type, Object value) throws Exception {
      Class<?> declaring =
          Class.forName(
              on instanceof DataSource
                  ? "oracle.ucp.jdbc.PoolDataSource"
                  : "oracle.ucp.admin.UniversalConnectionPoolManager");
      declaring.getMethod(setter, type).invoke(on, value);
    }
  }
}
