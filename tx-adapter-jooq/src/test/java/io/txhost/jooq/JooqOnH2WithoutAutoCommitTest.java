package io.txhost.jooq;

import io.txhost.test.Database;
import io.txhost.test.PoolOptions;
import org.jooq.SQLDialect;

/** jOOQ on H2, on a pool with auto-commit off. */
final class JooqOnH2WithoutAutoCommitTest extends JooqContract {

  @Override
  protected Database openDatabase() {
    return Database.h2();
  }

  @Override
  protected SQLDialect dialect() {
    return SQLDialect.H2;
  }

  @Override
  protected PoolOptions poolOptions() {
    return super.poolOptions().autoCommit(false);
  }
}
