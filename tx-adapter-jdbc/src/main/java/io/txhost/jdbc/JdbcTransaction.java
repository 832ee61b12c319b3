package io.txhost.jdbc;

import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.Lost.Extent;
import io.txhost.jdbc.Savepoints.Promised;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.spi.AdapterTransaction;
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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on one connection, which it takes when the first statement is created.
 *
 * <p><b>Threads:</b> used by the boundary's and its structured children's, one call at a time;
 * after the end it refuses on every thread.
 */
final class JdbcTransaction implements AdapterTransaction<Connection>, Guard, Holder.Of {
  private static final long LONGEST_ABORT_MILLIS = 1_500;

  private static final VarHandle UNCLOSED = unclosedField();

  private final Opening opening;
  private final TransactionSignals signals;
  private final Thread owner = Thread.currentThread();

  /** Read without a turn where one cannot be had. */
  private volatile @Nullable Opened opened;

  /** How it stands on its connection; there as soon as that is. */
  private @Nullable Standing standing;

  /** Those of NESTED blocks and of the user, once there are any. */
  private @Nullable Savepoints savepoints;

  /** Closed where the transaction is set aside, say. */
  private volatile @Nullable Queue<ClosedAtEnd> unclosed;

  private volatile boolean ended;

  JdbcTransaction(ConnectionSource source, TransactionOptions options, TransactionSignals signals) {
    this.signals = signals;
    this.opening = new Opening(source, options, signals, this);
  }

  private static VarHandle unclosedField() {
    try {
      return MethodHandles.lookup().findVarHandle(JdbcTransaction.class, "unclosed", Queue.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public Connection resource() {
    return new TransactionConnection(this);
  }

  @Override
  public boolean isSharable() {
    return true;
  }

  DataSource dataSource() {
    return opening.dataSource();
  }

  boolean isReadOnly() {
    return opening.isReadOnly();
  }

  int isolationLevel() {
    return opening.isolationLevel();
  }

  @Override
  public Holder holder() {
    return opening;
  }

  /** Makes it take this connection, and none of the pool's. */
  void use(Borrowed borrowed) {
    opening.use(borrowed);
  }

  /** The driver's connection, null if none was taken. */
  @Nullable Connection taken() {
    Opened now = opened;
    return now == null ? null : now.connection();
  }

  /** The driver's connection, taken now if none was. */
  Connection acquire() {
    signals.enterToRead();
    try {
      return opened().connection();
    } finally {
      signals.leave();
    }
  }

  private Opened opened() {
    check();
    Opened now = opened;
    return now == null ? open() : now;
  }

  private Opened open() {
    Opened now = opening.open();
    standing = new Standing(now, opening, signals);
    opened = now;
    if (ended) { // aborted meanwhile, perhaps before it was there to be thrown away
      throwAway(now, new IllegalStateException(this + " was aborted"));
      check();
    }
    return now;
  }

  private Standing standing() {
    return Objects.requireNonNull(standing, "standing");
  }

  @Override
  public void check() {
    if (ended) {
      throw new TransactionCompletedException(
          this
              + " has ended, and this connection, statement or result set is of it. Ask host.tx()"
              + " at each use; keep none.",
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
  public void beforeSending(TimeLimit limit, Sql sql) throws SQLException {
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

  private void enterToSend(TimeLimit limit, Sql sql) throws SQLException {
    Opened now = opened();
    Standing stands = standing();
    stands.refuseIfLost();
    refuse(sql, now);
    Optional<Duration> left = signals.remainingTime();
    int seconds = Opening.secondsLeft(left, this, "the statement was not sent");
    now.enter(left);
    boolean isReady = false;
    try {
      makeReady(now, stands, limit, seconds, sql);
      isReady = true;
    } catch (TransactionException ours) {
      throw ours;
    } catch (RuntimeException | Error e) { // nobody knows how far the driver got
      stands.lose(e, Extent.BROKEN);
      throw e;
    } finally {
      if (!isReady) {
        now.leave();
      }
    }
  }

  private void makeReady(Opened now, Standing stands, TimeLimit limit, int seconds, Sql sql)
      throws SQLException {
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
    if (seconds != 0 || limit.isUsers()) {
      fetch(SqlCall.of(() -> now.limit(limit, seconds)));
    }
  }

  @Override
  public void sent(Sql sql) {
    standing().succeeded(sql);
  }

  /** What fails otherwise than by the server's answer: nobody knows how far the driver got. */
  @Override
  public void failedSending(Sql sql, Throwable failure) {
    Standing stands = standing();
    if (failure instanceof SQLException answer) {
      stands.failed(answer, sql);
      opening.noteDeadline(answer, Objects.requireNonNull(opened));
    } else if (!(failure instanceof TransactionException) || !ended) { // out of a stream
      stands.lose(failure, Extent.BROKEN);
    }
  }

  @Override
  public void afterSending(TimeLimit limit, Sql sql) {
    try {
      standing().restore(limit);
    } finally {
      afterFetching();
    }
  }

  @Override
  public void beforeFetching() {
    signals.enterToRead();
    boolean isReady = false;
    try {
      Opened now = opened();
      Standing stands = standing();
      if (stands.isBroken()) {
        stands.refuseIfLost();
      }
      now.enter();
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
      Objects.requireNonNull(opened).leave();
    } finally {
      signals.leave();
    }
  }

  /**
   * Comes before a statement is created, as {@link #beforeFetching}. Nothing is sent.
   *
   * @return the driver's connection
   */
  Connection beforeCreating() throws SQLException {
    beforeFetching();
    boolean isReady = false;
    try {
      standing().refuseIfLost();
      closeUnclosed();
      isReady = true;
      return Objects.requireNonNull(opened).connection();
    } finally {
      if (!isReady) {
        afterFetching();
      }
    }
  }

  /** It was created, and is closed no later than at the end. */
  void created(ClosedAtEnd made) {
    standing().open().add(made);
  }

  /** Creates a statement, in one turn; sends nothing. */
  <S extends ClosedAtEnd> S create(SqlFunction<Connection, S> make) throws SQLException {
    Connection driver = beforeCreating();
    try {
      S made = make.apply(driver);
      created(made);
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
    Opened now = Objects.requireNonNull(opened);
    Standing stands = standing();
    try {
      if (!stands.isBroken()) { // else it goes with its connection
        now.enter();
        try {
          child.closeAtEnd();
        } finally {
          now.leave();
        }
      }
    } finally {
      stands.open().remove(child);
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
      Opened now = opened();
      if (standing().lost() == null) {
        escapingInTurn(now, standing());
      }
    } finally {
      signals.leave();
    }
  }

  private void escapingInTurn(Opened now, Standing stands) throws SQLException {
    now.enter();
    try {
      stands.begin(savepoints);
      stands.openForDriversOwn();
    } finally {
      now.leave();
    }
    now.escaped();
    stands.escaping();
  }

  private void refuse(Sql sql, Opened now) throws SQLException {
    switch (sql.kind()) {
      case CONTROLS -> throw marking(Refusals.controlText(this));
      case COMMITS -> throw marking(Refusals.committing(this, now.known().description()));
      default -> {}
    }
    if (sql.ofSavepoints()) {
      refuseSavepointToChild("A statement that sets, releases or goes back to a savepoint");
    }
    if (isReadOnly() && !now.dialect().refusesWrites()) {
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

  /** The user's own. */
  UserSavepoints userSavepoints() {
    return new UserSavepoints(this, signals);
  }

  Savepoints savepoints() {
    Savepoints now = savepoints;
    if (now == null) {
      now = new Savepoints();
      savepoints = now;
    }
    return now;
  }

  /** How it stands, where a connection was taken. */
  @Nullable Standing stands() {
    return standing;
  }

  @Override
  public Promised createSavepoint() {
    check();
    Opened now = opened;
    if (now != null && !now.dialect().hasSavepoints()) {
      throw new NestedTransactionNotSupportedException(
          this
              + ": "
              + now.known().description()
              + " has no savepoints, so NESTED cannot run here; REQUIRED would join instead.",
          null);
    }
    Promised promised = savepoints().promise();
    if (now != null && standing().hasEscaped()) {
      sendAtOnce(promised, now);
    }
    return promised;
  }

  private void sendAtOnce(Promised promised, Opened now) {
    try {
      sending(() -> savepoints().send(now.connection(), this));
    } catch (SQLException e) {
      savepoints().forget(promised);
      throw savepointFailed("could not be set", promised, e);
    }
  }

  @Override
  public void rollbackTo(Object savepoint) {
    check();
    Promised promised = (Promised) savepoint;
    Standing stands = standing;
    Lost before = stands == null ? null : stands.lost();
    if (before != null && !canUndo(before.extent(), promised)) {
      throw savepointFailed("cannot undo what happened since it", promised, before.cause());
    }
    attempt(
        "could not be rolled back to", promised, () -> savepoints().undo(promised, taken(), this));
    if (stands != null) {
      stands.found();
      if (Savepoints.isSent(promised)) { // it was there, and so is its transaction
        stands.clearDoubts();
      }
    }
  }

  private static boolean canUndo(Extent extent, Promised promised) {
    return switch (extent) {
      case REFUSED -> true;
      case FAILED -> Savepoints.isSent(promised);
      case OVER, BROKEN -> false;
    };
  }

  @Override
  public void release(Object savepoint) {
    check();
    Promised promised = (Promised) savepoint;
    attempt("could not be released", promised, () -> releaseSent(promised));
  }

  private void releaseSent(Promised promised) throws SQLException {
    Standing stands = standing;
    if (stands != null && stands.isMarked()) { // the mark inside would be released with it
      stands.settleDoubt();
    }
    savepoints().release(promised, taken(), this);
  }

  private void attempt(String what, Promised promised, SqlCall.Action action) {
    try {
      sending(action);
    } catch (SQLException e) {
      Standing stands = standing;
      throw savepointFailed(what, promised, stands == null ? e : stands.causeOf(e));
    }
  }

  /**
   * What fails otherwise than by an answer of the server's: nobody knows how far the driver got.
   */
  private void sending(SqlCall.Action action) throws SQLException {
    Opened now = opened;
    if (now == null) {
      action.run();
      return;
    }
    now.enter();
    try {
      action.run();
    } catch (TransactionException ours) {
      throw ours;
    } catch (RuntimeException | Error e) {
      standing().lose(e, Extent.BROKEN);
      throw e;
    } finally {
      now.leave();
    }
  }

  private TransactionException savepointFailed(String what, Promised promised, Throwable cause) {
    return new TransactionException(
        "TXH-508",
        this + ": its savepoint " + promised + " " + what + "; the whole transaction is lost.",
        cause);
  }

  // the end

  @Override
  public void commit() {
    Opened last = end();
    if (last != null) {
      try {
        last.enterEnd();
        new TransactionEnd(this, last, standing()).commit();
      } finally {
        left(last);
      }
    }
  }

  @Override
  public void rollback() {
    Opened last = end();
    if (last != null) {
      try {
        last.enterEnd();
        new TransactionEnd(this, last, standing()).rollback();
      } finally {
        left(last);
      }
    }
  }

  private void left(Opened last) {
    try {
      last.leave();
    } finally {
      last.stop();
      last.borrowed().leaveNowhere();
      signals.released();
    }
  }

  @Override
  public void abort(Throwable because) {
    Opened last = end();
    if (last != null) {
      throwAwayBeside(last, because);
    }
  }

  /** A driver may wait for the call that is under way, to close the connection below it. */
  private void throwAwayBeside(Opened last, Throwable because) {
    Thread closer = new Thread(() -> throwAway(last, because), "closes the connection of " + this);
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(LONGEST_ABORT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void throwAway(Opened last, Throwable because) {
    last.stop();
    if (last.borrowed().throwAway(because)) {
      signals.released();
    }
  }

  private @Nullable Opened end() {
    check();
    ended = true;
    return opened;
  }

  @Override
  public String toString() {
    return "Tx " + signals.id() + " '" + signals.name() + "'";
  }
}
