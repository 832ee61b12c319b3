package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.DriverState.Phase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As JDBC has it: auto-commit is off, and the connection's own calls end what the first began. */
final class JdbcDemarcation implements Demarcation {
  private final Dialect dialect;
  private final DriverState state;
  private boolean sentOneShot;

  JdbcDemarcation(Dialect dialect, DriverState state) {
    this.dialect = dialect;
    this.state = state;
  }

  @Override
  public List<String> begin(Isolation isolation, boolean readOnly) {
    @Nullable String oneShot = dialect.oneShot(isolation, readOnly, state);
    sentOneShot = oneShot != null;
    return oneShot == null ? List.of() : List.of(oneShot);
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    if (mustBeSure()) {
      Demarcation.send(connection, "COMMIT");
    } else {
      connection.commit();
    }
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    if (mustBeSure()) {
      Demarcation.send(connection, "ROLLBACK");
    } else {
      connection.rollback();
    }
  }

  /**
   * Some drivers send nothing where they know of no transaction, and a one-shot setting would be
   * left to the next borrower.
   */
  private boolean mustBeSure() {
    return sentOneShot
        && dialect.beginsWithFirstTable()
        && state.skipsEndOfNothing()
        && state.phase() != Phase.OPEN;
  }
}
