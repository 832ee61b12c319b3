package io.txhost.jdbi;

import io.txhost.test.Database;

/** Jdbi on H2, on a pool with auto-commit on. */
final class JdbiOnH2Test extends JdbiContract {

  @Override
  protected Database openDatabase() {
    return Database.h2();
  }
}
