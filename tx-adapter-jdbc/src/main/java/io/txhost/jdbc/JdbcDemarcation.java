package io.txhost.jdbc;

import io.txhost.Isolation;
import io.txhost.jdbc.DriverState.Phase;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As JDBC has it: auto-commit is off, and the connection's own calls end what the first began. */
final class JdbcDemarcation extends Demarcation {

  JdbcDemarcation(Dialect dialect) {
    super(dialect);
  }

  @Override
  List<String> begin(Isolation isolation, boolean readOnly, DriverState state) {
    @Nullable String oneShot = dialect.oneShot(isolation, readOnly, state);
    return oneShot == null ? List.of() : List.of(oneShot);
  }

  @Override
  void commit(TakenConnection on) throws SQLException {
    if (mustBeSure(on)) {
      Demarcation.send(on.connection(), "COMMIT");
    } else {
      on.connection().commit();
    }
  }

  @Override
  void rollback(TakenConnection on) throws SQLException {
    if (mustBeSure(on)) {
      Demarcation.send(on.connection(), "ROLLBACK");
    } else {
      on.connection().rollback();
    }
  }

  /**
   * Some drivers send nothing where they know of no transaction, and a one-shot setting would be
   * left to the next borrower.
   */
  private static boolean mustBeSure(TakenConnection on) {
    DriverState state = on.state();
    return on.hasSentFirst()
        && on.dialect().beginsWithFirstTable()
        && state.skipsEndOfNothing()
        && state.phase() != Phase.OPEN;
  }
}
