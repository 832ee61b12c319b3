package io.txhost.jdbc;

import io.txhost.test.Database;
import io.txhost.test.PoolOptions;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

/** The shared contract on H2 and PostgreSQL, with pools of auto-commit on and off. */
class JdbcContractTest {

  @Nested
  class OnH2 extends JdbcContract {
    @Override
    protected Database openDatabase() {
      return Database.h2();
    }
  }

  @Nested
  class OnH2WithAutoCommitOff extends OnH2 {
    @Override
    protected PoolOptions poolOptions() {
      return super.poolOptions().autoCommit(false);
    }
  }

  @Nested
  class OnPostgres extends JdbcContract {
    @Override
    protected Database openDatabase() throws SQLException {
      return Database.postgres();
    }
  }

  @Nested
  class OnPostgresWithAutoCommitOff extends OnPostgres {
    @Override
    protected PoolOptions poolOptions() {
      return super.poolOptions().autoCommit(false);
    }
  }
}
