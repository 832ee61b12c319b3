package io.txhost.jdbc;

import io.txhost.Isolation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In SQL's own words on a connection that stays in auto-commit mode: saves the round trips that
 * turning it off and on would take. A transaction that is gone unnoticed would leave later
 * statements committing one by one, so this is only for where the driver tells after each.
 */
final class TextDemarcation extends Demarcation {

  TextDemarcation(Dialect dialect) {
    super(dialect);
  }

  @Override
  List<String> begin(Isolation isolation, boolean readOnly, DriverState state) {
    List<String> first = new ArrayList<>();
    @Nullable String oneShot = dialect.oneShot(isolation, false, state);
    if (oneShot != null) {
      first.add(oneShot);
    }
    first.add(readOnly ? "START TRANSACTION READ ONLY" : "START TRANSACTION");
    return first;
  }

  @Override
  void commit(TakenConnection on) throws SQLException {
    Demarcation.send(on.connection(), "COMMIT");
  }

  @Override
  void rollback(TakenConnection on) throws SQLException {
    Demarcation.send(on.connection(), "ROLLBACK");
  }
}
