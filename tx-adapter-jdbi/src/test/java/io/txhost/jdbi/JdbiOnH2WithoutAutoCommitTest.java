package io.txhost.jdbi;

import io.txhost.test.Database;
import io.txhost.test.PoolOptions;

/** Jdbi on H2, on a pool with auto-commit off. */
final class JdbiOnH2WithoutAutoCommitTest extends JdbiContract {

  @Override
  protected Database openDatabase() {
    return Database.h2();
  }

  @Override
  protected PoolOptions poolOptions() {
    return super.poolOptions().autoCommit(false);
  }
}
