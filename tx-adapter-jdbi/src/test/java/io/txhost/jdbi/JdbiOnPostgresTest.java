package io.txhost.jdbi;

import io.txhost.test.Database;

/** Jdbi on PostgreSQL, on a pool with auto-commit on. */
final class JdbiOnPostgresTest extends JdbiContract {

  @Override
  protected Database openDatabase() throws Exception {
    return Database.postgres();
  }
}
