package io.txhost.jdbc;

import java.sql.SQLException;

/** What a guard opened and must close before its connection goes back. */
interface ClosedAtEnd {

  /** Closes the driver's object without telling the guard; harmless if it is closed. */
  void closeAtEnd() throws SQLException;
}
