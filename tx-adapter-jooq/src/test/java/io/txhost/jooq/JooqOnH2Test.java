package io.txhost.jooq;

import io.txhost.test.Database;
import org.jooq.SQLDialect;

/** jOOQ on H2, on a pool with auto-commit on. */
final class JooqOnH2Test extends JooqContract {

  @Override
  protected Database openDatabase() {
    return Database.h2();
  }

  @Override
  protected SQLDialect dialect() {
    return SQLDialect.H2;
  }
}
