package io.txhost.matrix;

import io.txhost.test.Database;
import io.txhost.test.ServerDatabase;
import java.sql.SQLException;

/** Where what goes over the wire is looked at: a server, its driver, and the pool's auto-commit. */
enum Server {
  POSTGRESQL(Wire.POSTGRESQL, true),
  POSTGRESQL_AUTO_COMMIT_OFF(Wire.POSTGRESQL, false);

  private final Wire wire;
  private final boolean autoCommit;

  Server(Wire wire, boolean autoCommit) {
    this.wire = wire;
    this.autoCommit = autoCommit;
  }

  Wire wire() {
    return wire;
  }

  boolean autoCommit() {
    return autoCommit;
  }

  /** A new database of it. */
  ServerDatabase open() throws SQLException {
    return switch (this) {
      case POSTGRESQL, POSTGRESQL_AUTO_COMMIT_OFF -> Database.postgres();
    };
  }
}
