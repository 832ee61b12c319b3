package io.txhost.jdbi;

import io.txhost.test.Database;
import io.txhost.test.PoolOptions;

/** Jdbi on PostgreSQL, on a pool with auto-commit off. */
final class JdbiOnPostgresWithoutAutoCommitTest extends JdbiContract {

  @Override
  protected Database openDatabase() throws Exception {
    return Database.postgres();
  }

  @Override
  protected PoolOptions poolOptions() {
    return super.poolOptions().autoCommit(false);
  }
}
