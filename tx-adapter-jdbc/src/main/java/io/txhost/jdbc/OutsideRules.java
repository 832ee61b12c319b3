package io.txhost.jdbc;

import io.txhost.TransactionException;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.ShortTransaction;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the host says of statements outside a transaction: which are refused, how long they may
 * take, what comes before each.
 *
 * @param isBlock whether all statements have one connection
 */
record OutsideRules(ConnectionSource source, FallbackSignals<Connection> signals, boolean isBlock) {

  /** Refuses what is not permitted. */
  void refuse(Sql sql) {
    if (sql.needsTransaction()) {
      if (signals.active() != null) {
        throw Refusals.cannotJoin("A change of a row");
      }
      signals.refuseWrite(sql.kind() == Sql.Kind.LOCKS ? "A query that locks" : "A write");
    } else if (sql.kind() == Sql.Kind.SETS && !isBlock) {
      signals.refuseWrite(
          "A change of the session, which would stay on a pooled connection while what follows has"
              + " another (JdbcAdapter.block(host.tx()) is one for all),");
    } else if (sql.kind() != Sql.Kind.NOTHING) {
      signals.refuseRead("A query");
    }
  }

  /**
   * What a text does that is refused, null for one that is not, or of which that is not known
   * before there is a connection. A statement of it takes none: all of the pool may be in
   * transactions that wait for whoever is refused here.
   */
  @Nullable Sql refused(String text) {
    DatabaseProfile known = source.known();
    Sql sql = known == null ? null : known.dialect().read(text);
    if (sql == null || !sql.needsTransaction() || sql.kind() == Sql.Kind.CONTROLS) {
      return null;
    }
    try {
      refuse(sql);
      return null;
    } catch (TransactionException refusal) {
      return sql;
    }
  }

  Optional<Duration> remainingTime() {
    return signals.remainingTime();
  }

  /** What is left of the boundary's deadline, rounded up, 0 if there is none. */
  int secondsLeft() {
    return ConnectionTaking.secondsLeft(
        signals.remainingTime(), FallbackConnection.WHO, "the statement was not sent");
  }

  /** Whether each statement has a transaction of its own. */
  boolean beginsEach() {
    return signals.beginsEach();
  }

  ShortTransaction<Connection> begin() {
    return Objects.requireNonNull(signals.begin(), "short transaction");
  }
}
