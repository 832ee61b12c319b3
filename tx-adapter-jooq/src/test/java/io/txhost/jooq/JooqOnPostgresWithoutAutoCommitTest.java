package io.txhost.jooq;

import io.txhost.test.Database;
import io.txhost.test.PoolOptions;
import org.jooq.SQLDialect;

/** jOOQ on PostgreSQL, on a pool with auto-commit off. */
final class JooqOnPostgresWithoutAutoCommitTest extends JooqContract {

  @Override
  protected Database openDatabase() throws Exception {
    return Database.postgres();
  }

  @Override
  protected SQLDialect dialect() {
    return SQLDialect.POSTGRES;
  }

  @Override
  protected PoolOptions poolOptions() {
    return super.poolOptions().autoCommit(false);
  }
}
