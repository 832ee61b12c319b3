package io.txhost.jooq;

import io.txhost.test.Database;
import org.jooq.SQLDialect;

/** jOOQ on PostgreSQL, on a pool with auto-commit on. */
final class JooqOnPostgresTest extends JooqContract {

  @Override
  protected Database openDatabase() throws Exception {
    return Database.postgres();
  }

  @Override
  protected SQLDialect dialect() {
    return SQLDialect.POSTGRES;
  }
}
