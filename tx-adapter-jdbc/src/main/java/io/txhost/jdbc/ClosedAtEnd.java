package io.txhost.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a guard opened and must close before its connection goes back. */
abstract class ClosedAtEnd {
  /** Its neighbours among what is open: kept by {@link OpenOnes} alone. */
  @Nullable ClosedAtEnd before;

  @Nullable ClosedAtEnd after;

  /** Closes the driver's object without telling the guard; harmless if it is closed. */
  abstract void closeAtEnd() throws SQLException;
}
