package io.txhost.jdbc;

import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.jdbc.TransactionLoss.Extent;
import io.txhost.spi.TransactionSignals;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the driver in one transaction, each in its turn: the connection is taken when the
 * first statement is created, the transaction begins before the first is sent, and after the end
 * all is refused.
 *
 * <p><b>Threads:</b> used by the boundary's and its structured children's, one call at a time;
 * after the end it refuses on every thread.
 */
abstract class DriverCalls extends ConnectionTaking implements Guard {
  private static final VarHandle UNCLOSED = unclosedField();

  private final Thread owner = Thread.currentThread();

  /** The connection, once it is taken. Read without a turn where one cannot be had. */
  private volatile @Nullable Standing opened;

  /** Those of NESTED blocks and of the user, once there are any. */
  private @Nullable Savepoints savepoints;

  /** Closed where the transaction is set aside, say. */
  private volatile @Nullable Queue<ClosedAtEnd> unclosed;

  private volatile boolean ended;

  DriverCalls(ConnectionSource source, TransactionOptions options, TransactionSignals signals) {
    super(source, options, signals);
  }

  private static VarHandle unclosedField() {
    try {
      return MethodHandles.lookup().findVarHandle(DriverCalls.class, "unclosed", Queue.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How it stands on its connection, null where none was taken. */
  final @Nullable Standing stands() {
    return opened;
  }

  /** The same where one was taken. */
  private Standing standing() {
    return Objects.requireNonNull(opened, "opened");
  }

  /** The same, taken now if none was. */
  final Standing opened() {
    check();
    Standing now = opened;
    return now == null ? takeOne() : now;
  }

  private Standing takeOne() {
    Standing now = open();
    opened = now;
    if (ended) { // aborted meanwhile, perhaps before it was there to be thrown away
      throwAway(now, new IllegalStateException(this + " was aborted"));
      check();
    }
    return now;
  }

  final void throwAway(Standing last, Throwable because) {
    last.stop();
    if (last.throwAway(because)) {
      signals.released();
    }
  }

  /** Nothing more is called. The connection, null if none was taken. */
  final @Nullable Standing end() {
    check();
    ended = true;
    return opened;
  }

  @Override
  public void check() {
    if (ended) {
      throw new TransactionCompletedException(
          this
              + " has ended, and this connection, statement or result set belongs to it. Ask"
              + " host.tx() at each use, and keep no connection.",
          null);
    }
  }

  @Override
  public boolean hasEnded() {
    return ended;
  }

  // what user code runs

  @Override
  public Sql read(String sql) {
    return opened().dialect().read(sql);
  }

  @Override
  public void beforeSending(Timed limit, Sql sql) throws SQLException {
    if (sql.mayWrite()) {
      signals.enter();
    } else {
      signals.enterToRead();
    }
    boolean isReady = false;
    try {
      enterToSend(limit, sql);
      isReady = true;
    } finally {
      if (!isReady) {
        signals.leave();
      }
    }
  }

  private void enterToSend(Timed limit, Sql sql) throws SQLException {
    Standing stands = opened();
    stands.refuseIfLost();
    refuse(sql, stands);
    Optional<Duration> left = signals.remainingTime();
    int seconds = secondsLeft(left, this, "the statement was not sent");
    stands.enter(left);
    boolean isReady = false;
    try {
      makeReady(stands, limit, seconds, sql);
      Told.executing(signals, sql);
      isReady = true;
    } catch (TransactionException ours) {
      throw ours;
    } catch (RuntimeException | Error e) { // nobody knows how far the driver got
      stands.lose(e, Extent.BROKEN);
      throw e;
    } finally {
      if (!isReady) {
        stands.leave();
      }
    }
  }

  private void makeReady(Standing stands, Timed limit, int seconds, Sql sql) throws SQLException {
    stands.settleDoubt();
    stands.refuseIfLost();
    stands.begin(savepoints);
    if (sql == Sql.WRITE_OBJECT) {
      stands.openForDriversOwn();
    }
    if (sql.kind() == Kind.HIDES) {
      fetch(SqlCall.of(stands::mark));
    }
    SqlLog.told(this, sql);
    if (seconds != 0 || limit.isLimitedByUser()) {
      fetch(SqlCall.of(() -> stands.limit(limit.timeLimit(), seconds)));
    }
  }

  @Override
  public void sent(Sql sql) {
    Told.executed(signals, sql, null);
    standing().succeeded(sql);
  }

  /** What fails otherwise than by the server's answer: nobody knows how far the driver got. */
  @Override
  public void failedSending(Sql sql, Throwable failure) {
    Told.executed(signals, sql, failure);
    Standing stands = standing();
    if (failure instanceof SQLException answer) {
      stands.failed(answer, sql);
      noteDeadline(answer, stands);
    } else if (!(failure instanceof TransactionException) || !ended) { // out of a stream
      stands.lose(failure, Extent.BROKEN);
    }
  }

  @Override
  public void afterSending(Timed limit, Sql sql) {
    try {
      if (limit.hasTimeLimit()) {
        standing().restore(limit.timeLimit());
      }
    } finally {
      afterFetching();
    }
  }

  @Override
  public void beforeFetching() {
    signals.enterToRead();
    boolean isReady = false;
    try {
      Standing stands = opened();
      if (stands.isBroken()) {
        stands.refuseIfLost();
      }
      stands.enter();
      isReady = true;
    } finally {
      if (!isReady) {
        signals.leave();
      }
    }
  }

  /** What is unchecked is of a conversion here, as a rule; an Error is not. */
  @Override
  public void failedFetching(Throwable failure) {
    if (failure instanceof SQLException answer) {
      standing().failed(answer);
    } else if (failure instanceof Error) {
      standing().lose(failure, Extent.BROKEN);
    }
  }

  @Override
  public void afterFetching() {
    try {
      standing().leave();
    } finally {
      signals.leave();
    }
  }

  /**
   * Comes before a statement is created, as {@link #beforeFetching}. Nothing is sent.
   *
   * @return what has the driver's connection
   */
  Standing beforeCreating() throws SQLException {
    beforeFetching();
    boolean isReady = false;
    try {
      Standing stands = standing();
      stands.refuseIfLost();
      closeUnclosed();
      isReady = true;
      return stands;
    } finally {
      if (!isReady) {
        afterFetching();
      }
    }
  }

  /** Creates a statement, in one turn; sends nothing. */
  <S extends ClosedAtEnd> S create(SqlFunction<Connection, S> make) throws SQLException {
    Standing stands = beforeCreating();
    try {
      S made = make.apply(stands.connection());
      stands.add(made); // is closed no later than at the end
      return made;
    } catch (Throwable failure) {
      failedFetching(failure);
      throw failure;
    } finally {
      afterFetching();
    }
  }

  @Override
  public void close(ClosedAtEnd child) throws SQLException {
    if (!canEnter()) {
      closeLater(child);
      return;
    }
    try {
      closeInTurn(child);
    } finally {
      signals.leave();
    }
  }

  private void closeInTurn(ClosedAtEnd child) throws SQLException {
    Standing stands = standing();
    try {
      if (!stands.isBroken()) { // else it goes with its connection
        stands.enter();
        try {
          child.closeAtEnd();
        } finally {
          stands.leave();
        }
      }
    } finally {
      stands.remove(child);
    }
  }

  private void closeLater(ClosedAtEnd child) {
    if (unclosed == null) {
      UNCLOSED.compareAndSet(this, null, new ConcurrentLinkedQueue<>());
    }
    Objects.requireNonNull(unclosed, "unclosed").add(child);
  }

  /** What could not be closed when it should have been: it would add up until the end. */
  private void closeUnclosed() throws SQLException {
    Queue<ClosedAtEnd> closing = unclosed;
    if (closing != null) {
      for (ClosedAtEnd each = closing.poll(); each != null; each = closing.poll()) {
        closeInTurn(each);
      }
    }
  }

  /** Not if the turn is refused, to a structured child that was cancelled say. */
  private boolean canEnter() {
    try {
      signals.enterToRead();
      return true;
    } catch (TransactionException refused) {
      return false;
    }
  }

  @Override
  public void escaping() throws SQLException {
    signals.enter();
    try {
      Standing stands = opened();
      if (!stands.isLost()) {
        stands.giveAway(savepoints);
      }
    } finally {
      signals.leave();
    }
  }

  private void refuse(Sql sql, TakenConnection on) throws SQLException {
    switch (sql.kind()) {
      case CONTROLS -> throw marking(Refusals.controlText(this));
      case COMMITS -> throw marking(Refusals.committing(this, on.known().description()));
      default -> {}
    }
    if (sql.ofSavepoints()) {
      refuseSavepointToChild("A statement that sets, releases or goes back to a savepoint");
    }
    if (isReadOnly() && !on.dialect().refusesWrites()) {
      if (sql.mayWrite() && !sql.mayBeLocal()) {
        throw Refusals.write(this);
      }
    }
  }

  /** The text of an end, and what it may stand amid, is no call that others could go on after. */
  private SQLException marking(TransactionException refusal) {
    standing().refused(refusal);
    marked(refusal);
    return Refusals.asSql(refusal);
  }

  /** Code that swallows the refusal believes that its work is committed, or rolled back. */
  void marked(TransactionException refusal) {
    signals.marked(refusal);
  }

  // savepoints

  /** What its siblings do meanwhile would be undone too, and they would not know. */
  void refuseSavepointToChild(String call) {
    if (Thread.currentThread() != owner) {
      throw Refusals.savepointOfChild(call, this);
    }
  }

  Savepoints savepoints() {
    Savepoints now = savepoints;
    if (now == null) {
      now = new Savepoints();
      savepoints = now;
    }
    return now;
  }
}
