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
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Takes a connection for one transaction and puts into force what was asked for. */
final class Opening implements Taker, Holder {
  private final ConnectionSource source;
  private final TransactionSignals signals;
  private final Isolation isolation;
  private final boolean readOnly;
  private final Object who;

  /** The connection it was given, to take none of the pool's. */
  private @Nullable Borrowed given;

  private volatile @Nullable Borrowed taken;

  /** Somebody has waited for a connection inside of the boundary. */
  private volatile boolean isWaitedIn;

  /**
   * Takes nothing yet.
   *
   * @param who the transaction, for messages and the log
   */
  Opening(
      ConnectionSource source, TransactionOptions options, TransactionSignals signals, Object who) {
    this.source = source;
    this.signals = signals;
    this.isolation = options.isolation();
    this.readOnly = options.readOnly();
    this.who = who;
    Known known = source.known();
    if (known != null) {
      refuseWhatCannotBeHad(known);
    }
  }

  /** The transaction, for messages and the log. */
  Object who() {
    return who;
  }

  DataSource dataSource() {
    return source.dataSource();
  }

  boolean isReadOnly() {
    return readOnly;
  }

  int isolationLevel() {
    return Levels.number(source.effective(isolation));
  }

  private void refuseWhatCannotBeHad(Known known) {
    if (!known.dialect().isolations().contains(isolation)) {
      throw new IncompatibleTransactionException(
          who
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
  Opened open() {
    secondsLeft("no connection was taken");
    Borrowed borrowed = borrow();
    taken = borrowed;
    if (isWaitedIn) {
      Nested.hasTaken();
    }
    signals.acquired();
    try {
      return prepare(borrowed);
    } catch (SQLException e) {
      abandon(borrowed);
      if (signals.remainingTime().filter(Duration::isZero).isPresent()) {
        throw new TransactionTimedOutException(
            who + ": the deadline passed while a connection of " + source + " was prepared.", e);
      }
      throw new CannotBeginTransactionException(
          who + " could not be prepared on a connection of " + source + ". Nothing was sent.", e);
    } catch (TransactionException ours) {
      abandon(borrowed);
      throw ours;
    } catch (RuntimeException | Error e) { // nobody knows how far the driver got
      try {
        borrowed.discard(e);
      } finally {
        signals.released();
      }
      throw e;
    }
  }

  private void abandon(Borrowed borrowed) {
    try {
      borrowed.giveBack();
    } finally {
      signals.released();
    }
  }

  private Opened prepare(Borrowed borrowed) throws SQLException {
    secondsLeft("waiting for a connection of " + source + " took too long");
    if (signals.remainingTime().isEmpty()) {
      return prepare(borrowed, null);
    }
    CallWatch watch = new CallWatch(borrowed, signals, who);
    try {
      return watch.during(() -> prepare(borrowed, watch));
    } catch (SQLException | RuntimeException | Error e) {
      watch.stop();
      throw e;
    }
  }

  private Opened prepare(Borrowed borrowed, @Nullable CallWatch watch) throws SQLException {
    Known known = source.learn(borrowed.connection());
    refuseWhatCannotBeHad(known);
    Dialect dialect = known.dialect();
    dialect.prepare(borrowed, isolation, readOnly);
    DriverState state = dialect.trusted(borrowed.state());
    Demarcation demarcation = dialect.demarcation(borrowed, state);
    return new Opened(borrowed, known, state, demarcation, signals, who, watch);
  }

  @Override
  public List<AdapterTransaction<?>> transactionsAround() {
    return signals.transactionsAround();
  }

  @Override
  public @Nullable Gate held() {
    Borrowed now = taken;
    return now == null || now.isGone() ? null : now.gate();
  }

  @Override
  public void waitedIn() {
    isWaitedIn = true;
  }

  @Override
  public String toString() {
    return who.toString();
  }

  void use(Borrowed borrowed) {
    given = borrowed;
  }

  private Borrowed borrow() {
    Borrowed own = given;
    if (own != null) {
      return own;
    }
    Optional<Duration> left = signals.remainingTime();
    long since = System.nanoTime();
    try {
      return source.borrowForTransaction(this, left);
    } catch (TransactionException refused) {
      throw refused;
    } catch (SQLException | RuntimeException e) { // some pools throw unchecked if they cannot start
      throw noConnection(e, Duration.ofNanos(System.nanoTime() - since));
    }
  }

  private TransactionException noConnection(Exception failure, Duration waited) {
    int held = signals.heldByThisThread();
    if (held > 0 && Exhaustion.isSaidBy(failure, waited, source.dataSource())) {
      return new PoolDeadlockException(
          who
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
          who
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
        who
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
  int secondsLeft(String instead) {
    return secondsLeft(signals.remainingTime(), who, instead);
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
  void noteDeadline(SQLException failure, Opened opened) {
    TransactionTimedOutException ended = opened.endedBy();
    if (ended != null) {
      ConnectionSource.suppress(failure, ended);
    } else if ((SqlStates.isTimeout(failure)
            || SqlStates.isOfConnection(failure)
            || opened.hasCancelled())
        && signals.remainingTime().filter(Duration::isZero).isPresent()) {
      failure.addSuppressed(
          new TransactionTimedOutException(
              who + ": the deadline passed while a statement ran; it was ended.", null));
    }
  }

  /** Sends what must come first in the transaction. */
  void begin(Opened opened) throws SQLException {
    SqlLog.told(who, "BEGIN");
    for (String first : opened.first(isolation, readOnly)) {
      if (!first.startsWith("START TRANSACTION")) { // which is the BEGIN
        SqlLog.told(who, first);
      }
      Demarcation.send(opened.connection(), first);
    }
  }
}
