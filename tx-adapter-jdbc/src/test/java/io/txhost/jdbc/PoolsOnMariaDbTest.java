package io.txhost.jdbc;

import io.txhost.test.Database;
import io.txhost.test.ServerDatabase;
import java.sql.SQLException;

/** The pools on MariaDB. */
class PoolsOnMariaDbTest extends PoolContract {
  @Override
  ServerDatabase openDatabase() throws SQLException {
    return Database.mariaDb();
  }
}
