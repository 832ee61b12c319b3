package io.txhost.jdbc;

import org.junit.jupiter.api.Nested;

/** What only MariaDB shows, with both drivers and both kinds of pool. */
class MariaDbTest {

  @Nested
  class OnItsDriver extends MariaDbQuirks {
    OnItsDriver() {
      super(Driver.MARIADB, true);
    }
  }

  @Nested
  class OnItsDriverWithAutoCommitOff extends MariaDbQuirks {
    OnItsDriverWithAutoCommitOff() {
      super(Driver.MARIADB, false);
    }
  }

  @Nested
  class OnMySqlsDriver extends MariaDbQuirks {
    OnMySqlsDriver() {
      super(Driver.MYSQL, true);
    }
  }

  @Nested
  class OnMySqlsDriverWithAutoCommitOff extends MariaDbQuirks {
    OnMySqlsDriverWithAutoCommitOff() {
      super(Driver.MYSQL, false);
    }
  }
}
