package io.txhost.jdbc;

import io.txhost.test.Database;
import java.sql.SQLException;
import org.junit.jupiter.api.Nested;

/** A28, on each database and through each driver. */
class SomebodyElsesTransactionTest {

  @Nested
  class OnH2 extends SomebodyElsesTransaction {
    @Override
    Database openDatabase() {
      return Database.h2();
    }
  }

  @Nested
  class OnPostgreSql extends SomebodyElsesTransaction {
    @Override
    Database openDatabase() throws SQLException {
      return Database.postgres();
    }
  }

  @Nested
  class OnMariaDb extends SomebodyElsesTransaction {
    @Override
    Database openDatabase() throws SQLException {
      return Database.mariaDb();
    }
  }

  @Nested
  class OnMariaDbThroughMySqlsDriver extends SomebodyElsesTransaction {
    @Override
    Database openDatabase() throws SQLException {
      return Database.mariaDbThroughMySqlDriver();
    }
  }
}
