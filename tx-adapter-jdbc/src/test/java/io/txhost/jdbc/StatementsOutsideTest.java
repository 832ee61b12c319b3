package io.txhost.jdbc;

import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbc.JdbcStatement;
import org.junit.jupiter.api.Nested;
import org.postgresql.jdbc.PgStatement;

/** {@link StatementsOutside} on H2 and PostgreSQL. */
class StatementsOutsideTest {

  @Nested
  class OnH2 extends StatementsOutside {
    @Override
    Database openDatabase() {
      return Database.h2();
    }

    @Override
    Class<? extends Statement> driverStatement() {
      return JdbcStatement.class;
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
  class OnPostgres extends StatementsOutside {
    @Override
    Database openDatabase() throws SQLException {
      return Database.postgres();
    }

    @Override
    Class<? extends Statement> driverStatement() {
      return PgStatement.class;
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
