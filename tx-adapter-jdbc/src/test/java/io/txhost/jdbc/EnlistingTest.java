package io.txhost.jdbc;

import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Nested;
import org.postgresql.jdbc.PgConnection;

/** {@link Enlisting} on H2 and PostgreSQL. */
class EnlistingTest {

  @Nested
  class OnH2 extends Enlisting {
    @Override
    Database openDatabase() {
      return Database.h2();
    }

    @Override
    Class<? extends Connection> driverConnection() {
      return JdbcConnection.class;
    }

    @Override
    String informationSchema() {
      return "INFORMATION_SCHEMA";
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
  class OnPostgres extends Enlisting {
    @Override
    Database openDatabase() throws SQLException {
      return Database.postgres();
    }

    @Override
    Class<? extends Connection> driverConnection() {
      return PgConnection.class;
    }

    @Override
    String informationSchema() {
      return "information_schema";
    }
  }

  @Nested
  class OnPostgresWithAutoCommitOff extends OnPostgres {
    @Override
    PoolOptions poolOptions() {
      return super.poolOptions().autoCommit(false);
    }
  }
}
