package io.txhost.jdbc;

import org.junit.jupiter.api.Nested;

/** The round trips on MariaDB, with both drivers and both kinds of pool. */
class MariaDbRoundTripTest {

  @Nested
  class OnItsDriver extends MariaDbRoundTrips {
    OnItsDriver() {
      super(Driver.MARIADB, true);
    }
  }

  @Nested
  class OnItsDriverWithAutoCommitOff extends MariaDbRoundTrips {
    OnItsDriverWithAutoCommitOff() {
      super(Driver.MARIADB, false);
    }
  }

  @Nested
  class OnMySqlsDriver extends MariaDbRoundTrips {
    OnMySqlsDriver() {
      super(Driver.MYSQL, true);
    }
  }

  @Nested
  class OnMySqlsDriverWithAutoCommitOff extends MariaDbRoundTrips {
    OnMySqlsDriverWithAutoCommitOff() {
      super(Driver.MYSQL, false);
    }
  }
}
