package io.txhost.jdbc;

import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.SQLException;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Nested;
import org.postgresql.PGConnection;

/** {@link JoiningOutside} on each server. */
class JoiningOutsideTest {

  @Nested
  class OnH2 extends JoiningOutside {
    @Override
    Database openDatabase() {
      return Database.h2();
    }

    @Override
    Class<?> driverConnection() {
      return JdbcConnection.class;
    }
  }

  @Nested
  class OnH2WithAutoCommitOff extends OnH2 {
    @Override
    PoolOptions poolOptions() {
      return super.poolOptions().autoCommit(false);
    }
  }

  @Nested
  class OnPostgres extends JoiningOutside {
    @Override
    Database openDatabase() throws SQLException {
      return Database.postgres();
    }

    @Override
    Class<?> driverConnection() {
      return PGConnection.class;
    }
  }

  @Nested
  class OnPostgresWithAutoCommitOff extends OnPostgres {
    @Override
    PoolOptions poolOptions() {
      return super.poolOptions().autoCommit(false);
    }
  }

  @Nested
  class OnMariaDb extends JoiningOutside {
    @Override
    Database openDatabase() throws SQLException {
      return Database.mariaDb();
    }

    @Override
    Class<?> driverConnection() {
      return org.mariadb.jdbc.Connection.class;
    }
  }
}
