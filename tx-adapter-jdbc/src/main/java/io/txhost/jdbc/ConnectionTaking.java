package io.txhost.jdbc;

import io.txhost.CannotBeginTransactionException;
import io.txhost.IncompatibleTransactionException;
import io.txhost.Isolation;
import io.txhost.PoolDeadlockException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.ThreadName;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection for one transaction and puts into force what was asked for. A part of the
 * transaction itself, so that there is one object for all.
 */
abstract class ConnectionTaking implements Taker, Holder, Keeping<Standing> {
  private final ConnectionSource source;
  final TransactionSignals signals;
  private final Isolation isolation;
  private final boolean readOnly;

  /** The connection, or the one that it was given, to take none of the pool's. */
  private volatile @Nullable Standing taken;

  /** Somebody has waited for a connection inside of the boundary. */
  private volatile boolean isWaitedIn;

  /** Takes nothing yet. */
  ConnectionTaking(
      ConnectionSource source, TransactionOptions options, TransactionSignals signals) {
    this.source = source;
    this.signals = signals;
    this.isolation = options.isolation();
    this.readOnly = options.readOnly();
    DatabaseProfile known = source.known();
    if (known != null) {
      refuseWhatCannotBeHad(known);
    }
  }

  final DataSource dataSource() {
    return source.dataSource();
  }

  final ConnectionSource source() {
    return source;
  }

  final boolean isReadOnly() {
    return readOnly;
  }

  final int isolationLevel() {
    return Levels.number(source.effective(isolation));
  }

  private void refuseWhatCannotBeHad(DatabaseProfile known) {
    if (!known.dialect().isolations().contains(isolation)) {
      throw new IncompatibleTransactionException(
          this
              + " asks for "
              + isolation
              + ", which "
              + known.description()
              + " does not have. It has "
              + known.dialect().isolations()
              + ": ask for one of these.",
          null);
    }
  }

  /**
   * Takes a connection. Nothing is sent, save where the database has isolation for whole sessions
   * only.
   */
  final Standing open() {
    secondsLeft("no connection was taken");
    Standing mine = given();
    if (mine == null) {
      mine = borrowObserved();
      taken = mine;
    }
    if (isWaitedIn) {
      Nested.hasTaken();
    }
    signals.acquired();
    try {
      prepare(mine);
      return mine;
    } catch (SQLException e) {
      abandon(mine);
      if (signals.remainingTime().filter(Duration::isZero).isPresent()) {
        throw new TransactionTimedOutException(
            this + ": the deadline passed while a connection of " + source + " was prepared.", e);
      }
      throw new CannotBeginTransactionException(
          this + " could not be prepared on a connection of " + source + ". Nothing was sent.", e);
    } catch (TransactionException ours) {
      abandon(mine);
      throw ours;
    } catch (RuntimeException | Error e) { // nobody knows how far the driver got
      try {
        mine.discard(e);
      } finally {
        signals.released();
      }
      throw e;
    }
  }

  private void abandon(Standing mine) {
    try {
      mine.giveBack();
    } finally {
      signals.released();
    }
  }

  private void prepare(Standing mine) throws SQLException {
    Optional<Duration> left = signals.remainingTime();
    if (left.isPresent()) {
      secondsLeft(left, this, "waiting for a connection of " + source + " took too long");
    }
    try {
      mine.enter(left);
      try {
        putInForce(mine);
      } finally {
        mine.leave();
      }
    } catch (SQLException | RuntimeException | Error e) {
      mine.stop();
      throw e;
    }
  }

  private void putInForce(Standing mine) throws SQLException {
    DatabaseProfile known = source.learn(mine.connection());
    refuseWhatCannotBeHad(known);
    Dialect dialect = known.dialect();
    dialect.prepare(mine, isolation, readOnly);
    mine.demarcate(dialect.demarcation(mine, dialect.trusted(mine.driverState())));
  }

  @Override
  public final Standing keep(
      Connection connection, DriverState state, Gate gate, boolean autoCommits) {
    Standing mine = new Standing(this, connection, state, gate);
    mine.isOfPool(autoCommits);
    return mine;
  }

  @Override
  public final List<AdapterTransaction<?>> transactionsAround() {
    return signals.transactionsAround();
  }

  @Override
  public final @Nullable Gate held() {
    Standing now = taken;
    return now == null || now.isGone() ? null : now.gate();
  }

  @Override
  public final void waitedIn() {
    isWaitedIn = true;
  }

  @Override
  public final String toString() {
    return "Tx " + signals.id() + " '" + signals.name() + "'";
  }

  /** Makes it take this connection, and none of the pool's. */
  final void use(Standing lent) {
    taken = lent;
  }

  /** Null if it was given none. One taken before is gone if it could not be prepared. */
  private @Nullable Standing given() {
    Standing lent = taken;
    return lent == null || lent.isGone() ? null : lent;
  }

  private Standing borrowObserved() {
    if (!signals.isObserved()) {
      return borrow();
    }
    signals.acquiring();
    try {
      return borrow();
    } catch (RuntimeException | Error e) {
      signals.notAcquired(e);
      throw e;
    }
  }

  private Standing borrow() {
    Optional<Duration> left = signals.remainingTime();
    long since = source.begunToWait();
    try {
      return borrow(left);
    } catch (TransactionException refused) {
      throw refused;
    } catch (SQLException | RuntimeException e) { // some pools throw unchecked if they cannot start
      throw noConnection(e, source.waited(since));
    }
  }

  /** In a block of a library's own the block's, so that it is well with a pool of one. */
  private Standing borrow(Optional<Duration> left) throws SQLException {
    Holding.Block block = Blocks.areUsed() ? Blocks.lending(source) : null;
    return block == null ? source.borrow(this, left, this) : block.lend(this);
  }

  private TransactionException noConnection(Exception failure, Duration waited) {
    int held = signals.heldByThisThread();
    if (held > 0 && Exhaustion.isSaidBy(failure, waited, source.dataSource())) {
      return new PoolDeadlockException(
          this
              + " got no connection of "
              + source
              + " while what is around it on thread "
              + ThreadName.here()
              + " holds "
              + held
              + ": it waits for itself. Let the pool have at least threads x"
              + " (connections a thread holds at once - 1) + 1, or do without REQUIRES_NEW here.",
          failure);
    }
    if (signals.remainingTime().filter(Duration::isZero).isPresent()) {
      return new TransactionTimedOutException(
          this
              + ": the deadline passed while it waited for a connection of "
              + source
              + "."
              + (held == 0
                  ? ""
                  : " What is around it on thread "
                      + ThreadName.here()
                      + " holds "
                      + held
                      + ": in a pool that is too small it waits for itself."),
          failure);
    }
    return new CannotBeginTransactionException(
        this
            + " got no connection of "
            + source
            + ". Nothing was sent. Is the database up, and the pool open and large enough? See the"
            + " cause."
            + source.holders(),
        failure);
  }

  /**
   * What is left until the deadline, rounded up, 0 if there is none.
   *
   * @param instead what is not done past it
   * @throws TransactionTimedOutException past it
   */
  private int secondsLeft(String instead) {
    return secondsLeft(signals.remainingTime(), this, instead);
  }

  static int secondsLeft(Optional<Duration> left, Object who, String instead) {
    if (left.isEmpty()) {
      return 0;
    }
    if (left.get().isZero()) {
      throw new TransactionTimedOutException(
          who + ": the deadline has passed; " + instead + ".", null);
    }
    long seconds = left.get().plusMillis(999).plusNanos(999_999).toSeconds();
    return (int) Math.min(seconds, Integer.MAX_VALUE);
  }

  /** Notes in the driver's time-out that it was our deadline's. */
  final void noteDeadline(SQLException failure, TakenConnection opened) {
    TransactionTimedOutException ended = opened.endedBy();
    if (ended != null) {
      Failures.suppress(failure, ended);
    } else if ((SqlStates.isTimeout(failure)
            || SqlStates.isOfConnection(failure)
            || opened.hasCancelled())
        && signals.remainingTime().filter(Duration::isZero).isPresent()) {
      failure.addSuppressed(
          new TransactionTimedOutException(
              this + ": the deadline passed while a statement ran; it was ended.", null));
    }
  }

  /** Sends what must come first in the transaction. */
  final void begin(TakenConnection opened) throws SQLException {
    SqlLog.told(this, "BEGIN");
    for (String first : opened.first(isolation, readOnly)) {
      if (!first.startsWith("START TRANSACTION")) { // which is the BEGIN
        SqlLog.told(this, first);
      }
      Demarcation.send(opened.connection(), first);
    }
  }
}
