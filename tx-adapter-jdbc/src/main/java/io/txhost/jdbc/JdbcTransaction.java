package io.txhost.jdbc;

import io.txhost.CannotBeginTransactionException;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.NestedTransactionNotSupportedException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionOptions;
import io.txhost.jdbc.DriverState.Phase;
import io.txhost.jdbc.Lost.Extent;
import io.txhost.jdbc.Savepoints.Promised;
import io.txhost.jdbc.Sql.Kind;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on one connection, which it takes when the first statement is created.
 *
 * <p><b>Threads:</b> used by the boundary's and its structured children's, one call at a time;
 * after the end it refuses on every thread.
 */
final class JdbcTransaction implements AdapterTransaction<Connection>, Guard {
  private static final long LONGEST_ABORT_MILLIS = 1_500;

  private final Opening opening;
  private final TransactionSignals signals;
  private final String who;
  private final Thread owner = Thread.currentThread();
  private final Savepoints savepoints = new Savepoints();
  private final Set<ClosedAtEnd> open = ConcurrentHashMap.newKeySet();

  /** Closed where the transaction is set aside, say. */
  private final Queue<ClosedAtEnd> unclosed = new ConcurrentLinkedQueue<>();

  /** Read without a turn where one cannot be had. */
  private volatile @Nullable Opened opened;

  /** The first statement is about to be sent, or was. */
  private boolean begun;

  /** What the host does before that is under way: no savepoint comes before it. */
  private boolean isBeginning;

  /** One has succeeded, as the driver's state showed. */
  private boolean hasRun;

  /** There may be something to commit. */
  private boolean mayHaveDone;

  /** User code has an object of the driver's: what that sends is not seen from here. */
  private boolean escaped;

  private @Nullable Lost lost;

  /** Whether the server still has it may have to be asked before anything more is sent. */
  private final Doubts doubts = new Doubts();

  /** After which the connection was closed: by the driver, or by a pool that looks at failures. */
  private @Nullable SQLException closedBy;

  /** Why the connection cannot go back, although the transaction is sound. */
  private @Nullable Exception unrestored;

  private volatile boolean ended;

  JdbcTransaction(ConnectionSource source, TransactionOptions options, TransactionSignals signals) {
    this.opening = new Opening(source, options, signals);
    this.signals = signals;
    this.who = opening.who();
  }

  @Override
  public Connection resource() {
    return new TransactionConnection(this);
  }

  @Override
  public boolean isSharable() {
    return true;
  }

  String who() {
    return who;
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

  /** Makes it take this connection, and none of the pool's. */
  void use(Borrowed borrowed) {
    opening.use(borrowed);
  }

  /** The driver's connection, null if none was taken. */
  @Nullable Connection taken() {
    return opened == null ? null : opened.connection();
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
    if (now == null) {
      now = opening.open();
      opened = now;
      if (ended) { // aborted meanwhile, perhaps before it was there to be thrown away
        throwAway(now, new IllegalStateException(who + " was aborted"));
        check();
      }
    }
    return now;
  }

  @Override
  public void check() {
    if (ended) {
      throw new TransactionCompletedException(
          who
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
  public <R extends @Nullable Object> R execute(TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    if (sql.mayWrite()) {
      signals.enter();
    } else {
      signals.enterToRead();
    }
    try {
      return executeInTurn(limit, sql, call);
    } finally {
      signals.leave();
    }
  }

  private <R extends @Nullable Object> R executeInTurn(TimeLimit limit, Sql sql, SqlCall<R> call)
      throws SQLException {
    Opened now = opened();
    refuseIfLost();
    refuse(sql, now);
    int seconds = opening.secondsLeft("the statement was not sent");
    return now.watch().during(() -> sending(() -> sendInTurn(now, seconds, limit, sql, call)));
  }

  /**
   * What fails otherwise than by an answer of the server's: nobody knows how far the driver got.
   */
  private <R extends @Nullable Object> R sending(SqlCall<R> call) throws SQLException {
    try {
      return call.run();
    } catch (TransactionException ours) {
      throw ours;
    } catch (RuntimeException | Error e) {
      lose(e, Extent.BROKEN);
      throw e;
    }
  }

  private <R extends @Nullable Object> R sendInTurn(
      Opened now, int seconds, TimeLimit limit, Sql sql, SqlCall<R> call) throws SQLException {
    settleDoubt(now);
    refuseIfLost();
    begin(now);
    if (sql.equals(Sql.WRITE_OBJECT)) {
      openForDriversOwn(now);
    }
    if (sql.kind() == Kind.HIDES) {
      fetch(SqlCall.of(() -> doubts.mark(now, who)));
    }
    SqlLog.told(who, sql);
    fetch(SqlCall.of(() -> now.watch().limit(limit, seconds)));
    try {
      R result = call.run();
      succeeded(sql, now);
      return result;
    } catch (SQLException e) {
      mayHaveDone |= !sql.isAtomic();
      failed(e, now);
      opening.noteDeadline(e, now.watch());
      throw e;
    } catch (TransactionException anothers) { // out of a parameter's stream
      if (!ended) {
        lose(anothers, Extent.BROKEN);
      }
      throw anothers;
    } finally {
      restore(limit);
    }
  }

  /** Creates a statement, in one turn; sends nothing. */
  <S extends ClosedAtEnd> S create(SqlFunction<Connection, S> make) throws SQLException {
    signals.enterToRead();
    try {
      Connection driver = opened().connection();
      refuseIfLost();
      closeUnclosed();
      S made = fetch(() -> make.apply(driver));
      open.add(made);
      return made;
    } finally {
      signals.leave();
    }
  }

  @Override
  public <R extends @Nullable Object> R fetch(SqlCall<R> call) throws SQLException {
    signals.enterToRead();
    try {
      Opened now = opened();
      if (isBroken()) {
        refuseIfLost();
      }
      try {
        return now.watch().during(call);
      } catch (SQLException e) {
        failed(e, now);
        throw e;
      } catch (Error e) { // what is unchecked else is of a conversion here, as a rule
        lose(e, Extent.BROKEN);
        throw e;
      }
    } finally {
      signals.leave();
    }
  }

  @Override
  public void close(ClosedAtEnd child) throws SQLException {
    if (!canEnter()) {
      unclosed.add(child);
      return;
    }
    try {
      closeInTurn(child);
    } finally {
      signals.leave();
    }
  }

  private void closeInTurn(ClosedAtEnd child) throws SQLException {
    try {
      if (!isBroken()) { // else it goes with its connection
        watched(SqlCall.of(child::closeAtEnd));
      }
    } finally {
      open.remove(child);
    }
  }

  /** What could not be closed when it should have been: it would add up until the end. */
  private void closeUnclosed() throws SQLException {
    for (ClosedAtEnd each = unclosed.poll(); each != null; each = unclosed.poll()) {
      closeInTurn(each);
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
      if (lost == null) {
        now.watch().during(SqlCall.of(() -> beginForDriversOwn(now)));
        now.watch().escaped();
        escaped = true;
        mayHaveDone = true;
      }
    } finally {
      signals.leave();
    }
  }

  private void beginForDriversOwn(Opened now) throws SQLException {
    begin(now);
    openForDriversOwn(now);
  }

  /**
   * Begins on the server what a driver begins in its own way, where that is not by a statement: a
   * COPY, a large object.
   */
  private void openForDriversOwn(Opened now) throws SQLException {
    if (hasRun || !isReadOnly()) {
      return;
    }
    String first = now.dialect().readOnlyBeforeDriversOwn();
    if (first != null) {
      SqlLog.told(who, first);
      sendFirst(now, () -> Demarcation.send(now.connection(), first));
    }
  }

  private <R extends @Nullable Object> R watched(SqlCall<R> call) throws SQLException {
    Opened now = opened;
    return now == null ? call.run() : now.watch().during(call);
  }

  private void begin(Opened now) throws SQLException {
    if (!begun) {
      begun = true;
      sendFirst(now, () -> opening.begin(now));
      tellBegun();
    }
    if (isBeginning) {
      return;
    }
    try {
      savepoints.send(now.connection(), who);
    } catch (SQLException e) {
      failed(e, now);
      throw e;
    }
  }

  private void sendFirst(Opened now, SqlCall.Action first) {
    try {
      first.run();
      hasRun = now.state().phase() == Phase.OPEN;
    } catch (SQLException e) {
      lose(e, Extent.OVER);
      throw new CannotBeginTransactionException(
          who
              + " could not be begun: what comes before its first statement failed, see the cause."
              + " That statement was not sent.",
          e);
    }
  }

  /** The host's hooks send the first statements. A savepoint would undo what they set. */
  private void tellBegun() {
    isBeginning = true;
    try {
      signals.begun();
    } catch (CannotBeginTransactionException refusal) {
      lose(refusal, Extent.FAILED);
      throw refusal;
    } finally {
      isBeginning = false;
    }
    refuseIfLost(); // by a failure that a hook has swallowed
  }

  private void restore(TimeLimit limit) {
    try {
      limit.restore();
    } catch (SQLException | RuntimeException e) {
      unrestored = e; // the connection is thrown away at the end
    }
  }

  private void refuse(Sql sql, Opened now) throws SQLException {
    switch (sql.kind()) {
      case CONTROLS -> throw marking(Refusals.controlText(who));
      case COMMITS -> throw marking(Refusals.committing(who, now.known().description()));
      default -> {}
    }
    if (sql.ofSavepoints()) {
      refuseSavepointToChild("A statement that sets, releases or goes back to a savepoint");
    }
    boolean writes = sql.mayWrite() && !sql.mayBeLocal();
    if (isReadOnly() && writes && !now.dialect().refusesWrites()) {
      throw Refusals.write(who);
    }
  }

  /** The text of an end, and what it may stand amid, is no call that others could go on after. */
  private SQLException marking(TransactionException refusal) {
    if (lost == null) {
      lost = new Lost(refusal, Extent.REFUSED);
    }
    marked(refusal);
    return Refusals.asSql(refusal);
  }

  /** Code that swallows the refusal believes that its work is committed, or rolled back. */
  void marked(TransactionException refusal) {
    signals.marked(refusal);
  }

  // lost and found

  private void refuseIfLost() {
    Lost now = lost;
    if (now != null) {
      throw new TransactionException(
          "TXH-504",
          who
              + " is lost since an earlier failure, the cause: nothing more is sent in it, and it"
              + " will be rolled back. Let that failure leave the boundary, or contain it in a"
              + " NESTED block or a savepoint.",
          now.cause());
    }
  }

  private void succeeded(Sql sql, Opened now) {
    mayHaveDone |= sql.kind() != Kind.NOTHING;
    Phase phase = now.state().phase();
    if (phase == Phase.NONE) {
      boolean mayBeIdle = sql.mayBeLocal() || now.dialect().beginsWithFirstTable();
      if (hasRun || !mayBeIdle) {
        lose(Refusals.endedByStatement(who), Extent.OVER);
      }
    } else if (phase == Phase.UNKNOWN && now.state().tells()) {
      if (hasRun) {
        doubts.raise(null);
      }
    } else {
      hasRun = true;
    }
  }

  private void failed(SQLException failure, Opened now) {
    if (now.isClosed()) {
      closed(failure, now);
      return;
    }
    boolean isOver = hasRun && now.state().phase() == Phase.NONE;
    if (isOver || now.dialect().isLostBy(failure, now.state())) {
      lose(now.dialect().first(failure), isOver ? Extent.OVER : Extent.FAILED);
    } else if (now.dialect().isInDoubtAfter(failure)) {
      doubts.raise(failure);
    }
  }

  /** Where closing may commit, only a connection that broke is known not to have: see the end. */
  private void closed(SQLException failure, Opened now) {
    SQLException first = closedBy == null ? failure : closedBy;
    closedBy = first;
    if (now.dialect().rollsBackWhenClosed() || SqlStates.losesTransaction(first)) {
      lose(first, Extent.BROKEN);
    }
  }

  private void lose(Throwable cause, Extent extent) {
    Lost before = lost;
    lost = before == null ? new Lost(cause, extent) : before.and(extent);
    signals.lost(cause);
  }

  // doubt

  /** Asks the server whether it still has the transaction, where that is not known. */
  private void settleDoubt(Opened now) throws SQLException {
    if (lost != null) {
      return;
    }
    try {
      Doubt confirmed = doubts.settle(now, who);
      if (confirmed != null && (hasRun || confirmed.isMarked())) {
        lose(confirmed.cause(endedUnseen()), Extent.OVER);
      }
    } catch (SQLException e) {
      if (now.dialect().isLostBy(e, now.state())) {
        lose(e, Extent.OVER);
      }
      throw e;
    }
  }

  private TransactionException endedUnseen() {
    return escaped ? Refusals.failedUnseen(who) : Refusals.endedByStatement(who);
  }

  // savepoints

  @Override
  public Promised createSavepoint() {
    check();
    Opened now = opened;
    if (now != null && !now.dialect().hasSavepoints()) {
      throw new NestedTransactionNotSupportedException(
          who
              + ": "
              + now.known().description()
              + " has no savepoints, so NESTED cannot run here; REQUIRED would join instead.",
          null);
    }
    Promised promised = savepoints.promise();
    if (now != null && escaped) {
      try {
        watched(() -> sending(SqlCall.of(() -> savepoints.send(now.connection(), who))));
      } catch (SQLException e) {
        savepoints.forget(promised);
        throw savepointFailed("could not be set", promised, e);
      }
    }
    return promised;
  }

  @Override
  public void rollbackTo(Object savepoint) {
    check();
    Promised promised = (Promised) savepoint;
    Lost before = lost;
    if (before != null && !canUndo(before.extent(), promised)) {
      throw savepointFailed("cannot undo what happened since it", promised, before.cause());
    }
    attempt("could not be rolled back to", promised, () -> savepoints.undo(promised, taken(), who));
    lost = null;
    if (Savepoints.isSent(promised)) { // it was there, and so is its transaction
      doubts.clear();
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
    if (opened != null && doubts.isMarked()) { // the mark inside would be released with it
      settleDoubt(opened);
    }
    savepoints.release(promised, taken(), who);
  }

  private void attempt(String what, Promised promised, SqlCall.Action action) {
    try {
      watched(() -> sending(SqlCall.of(action)));
    } catch (SQLException e) {
      throw savepointFailed(what, promised, doubts.cause(e));
    }
  }

  private TransactionException savepointFailed(String what, Promised promised, Throwable cause) {
    return new TransactionException(
        "TXH-508",
        who + ": its savepoint " + promised + " " + what + "; the whole transaction is lost.",
        cause);
  }

  /** What its siblings do meanwhile would be undone too, and they would not know. */
  private void refuseSavepointToChild(String call) {
    if (Thread.currentThread() != owner) {
      throw Refusals.savepointOfChild(call, who);
    }
  }

  /** A savepoint of the user's own. */
  Savepoint setUserSavepoint(@Nullable String name) throws SQLException {
    refuseSavepointToChild("setSavepoint()");
    Connection connection = acquire();
    Sql sql = new Sql(name == null ? "SAVEPOINT" : "SAVEPOINT " + name, Kind.READS, true);
    return execute(
        TimeLimit.NONE,
        sql,
        () -> {
          Savepoint set = name == null ? connection.setSavepoint() : connection.setSavepoint(name);
          savepoints.userSet(set);
          return set;
        });
  }

  void releaseUserSavepoint(Savepoint savepoint) throws SQLException {
    refuseSavepointToChild("releaseSavepoint(..)");
    Connection connection = acquire();
    execute(
        TimeLimit.NONE,
        new Sql("RELEASE SAVEPOINT", Kind.READS, true),
        SqlCall.of(() -> connection.releaseSavepoint(savepoint)));
  }

  /** Sent even if the transaction is lost: a server that kept it is brought back by this. */
  void rollbackToUsers(Savepoint savepoint) throws SQLException {
    refuseSavepointToChild("rollback(savepoint)");
    signals.enter();
    try {
      undoToUsers(savepoint, acquire());
    } finally {
      signals.leave();
    }
  }

  private void undoToUsers(Savepoint savepoint, Connection connection) throws SQLException {
    if (lost != null && lost.extent().compareTo(Extent.OVER) >= 0) {
      refuseIfLost();
    }
    SqlLog.told(who, "ROLLBACK TO SAVEPOINT");
    fetch(SqlCall.of(() -> sending(SqlCall.of(() -> connection.rollback(savepoint)))));
    doubts.clear();
    if (lost != null) {
      lost = null;
      signals.recovered();
    }
  }

  // the end

  @Override
  public void commit() {
    Opened last = end();
    if (last != null) {
      try {
        last.watch().ending(() -> commit(last));
      } finally {
        last.watch().stop();
        last.borrowed().leaveNowhere();
        signals.released();
      }
    }
  }

  private void commit(Opened last) {
    if (!begun) {
      leave(last);
      return;
    }
    makeReady(last);
    if (!mayHaveDone) {
      endWithNothingDone(last);
      return;
    }
    SqlLog.told(who, "COMMIT");
    try {
      last.commit();
    } catch (SQLException e) {
      throw SqlStates.saysRolledBack(e) ? rolledBack(last, e) : unknown(last, e);
    } catch (RuntimeException | Error e) {
      throw unknown(last, e);
    }
    putBack(last);
  }

  /** All that was sent is a SET TRANSACTION, say: a COMMIT might leave it to the next borrower. */
  private void endWithNothingDone(Opened last) {
    SqlLog.told(who, "ROLLBACK");
    try {
      last.rollback();
    } catch (SQLException | RuntimeException e) {
      last.borrowed().throwAway(e);
      throw new TransactionCommitException(
          who + " had done nothing, and could not be ended. Its connection was thrown away.", e);
    }
    putBack(last);
  }

  private void makeReady(Opened last) {
    noticeClosed(last);
    try {
      if (!isBroken()) {
        closeOpen();
      }
      if (escaped && last.dialect().mayLoseUnseen()) {
        doubts.raise(null);
      }
      settleDoubt(last);
    } catch (SQLException | RuntimeException e) {
      undo(last, e);
      throw new TransactionCommitException(
          who
              + " was rolled back: what it had open could not be closed, or the server not be asked"
              + " whether it still has it. COMMIT was not sent.",
          e);
    }
    Phase phase = last.state().phase();
    if (lost == null && phase == Phase.FAILED) {
      lose(whatFailedUnseen(last), Extent.FAILED);
    }
    if (lost != null) {
      TransactionCommitException refusal =
          new TransactionCommitException(
              who
                  + " was rolled back: the server has given it up after a failure that was"
                  + " swallowed. COMMIT was not sent.",
              lost.cause());
      undo(last, refusal);
      throw refusal;
    }
    if (phase == Phase.NONE && hasRun) {
      throw unknown(last, Refusals.endedByStatement(who));
    }
  }

  /**
   * Before COMMIT: what is closed now has had none. A database may commit what it finds open on a
   * connection that is closed; where that is not known, neither is the outcome.
   */
  private void noticeClosed(Opened last) {
    if (lost != null || !last.isClosed()) {
      return;
    }
    Throwable because = closedBy == null ? Refusals.closedUnseen(who) : closedBy;
    if (!last.dialect().rollsBackWhenClosed()) {
      throw unknown(last, because);
    }
    lose(because, Extent.BROKEN);
  }

  /** The driver's state shows a failure that no call of ours met. */
  private Throwable whatFailedUnseen(Opened last) {
    SQLException found = last.dialect().whatFailed(last.connection());
    return found == null ? Refusals.failedUnseen(who) : found;
  }

  private TransactionCommitException rolledBack(Opened last, SQLException answer) {
    undo(last, answer);
    return new TransactionCommitException(
        who + " was rolled back: the server refused its COMMIT.", answer);
  }

  private CommitOutcomeUnknownException unknown(Opened last, Throwable failure) {
    last.borrowed().throwAway(failure);
    return new CommitOutcomeUnknownException(
        who
            + " was committed or rolled back, it is not known which: the answer to its COMMIT was"
            + " lost. The connection was thrown away. Ask the database before doing the work"
            + " again.",
        failure);
  }

  /** Rolls back what is known not to be committed. */
  private void undo(Opened last, Throwable because) {
    if (isBroken() || last.isClosed()) {
      last.borrowed().discard(because);
      return;
    }
    try {
      SqlLog.told(who, "ROLLBACK");
      last.rollback();
      putBack(last);
    } catch (SQLException | RuntimeException e) {
      ConnectionSource.suppress(because, e);
      last.borrowed().throwAway(because);
    }
  }

  @Override
  public void rollback() {
    Opened last = end();
    if (last != null) {
      try {
        last.watch().ending(() -> rollback(last));
      } finally {
        last.watch().stop();
        last.borrowed().leaveNowhere();
        signals.released();
      }
    }
  }

  private void rollback(Opened last) {
    if (isBroken()) {
      last.borrowed().discard(Objects.requireNonNull(lost).cause());
      return;
    }
    if (!begun) {
      leave(last);
      return;
    }
    SqlLog.told(who, "ROLLBACK");
    try {
      closeOpen();
      last.rollback();
    } catch (SQLException | RuntimeException | Error e) {
      last.borrowed().throwAway(e);
      throw new TransactionException(
          "TXH-507",
          who
              + " could not be rolled back. Its connection was thrown away, and the server rolls"
              + " back what it finds open on it.",
          e);
    }
    putBack(last);
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
    Thread closer = new Thread(() -> throwAway(last, because), "closes the connection of " + who);
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(LONGEST_ABORT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void throwAway(Opened last, Throwable because) {
    last.watch().stop();
    if (last.borrowed().throwAway(because)) {
      signals.released();
    }
  }

  private @Nullable Opened end() {
    check();
    ended = true;
    return opened;
  }

  /** The server rolls back what it finds open on a connection that is thrown away. */
  private boolean isBroken() {
    return lost != null && lost.extent() == Extent.BROKEN;
  }

  /** No statement was sent on it. */
  private void leave(Opened last) {
    try {
      closeOpen();
      Phase phase = last.state().phase();
      if (phase == Phase.OPEN || phase == Phase.FAILED) { // by the driver itself
        last.rollback();
      }
    } catch (SQLException | RuntimeException e) {
      unrestored = e;
    }
    putBack(last);
  }

  private void putBack(Opened last) {
    Exception unfit = unrestored == null ? last.watch().unfit() : unrestored;
    if (unfit == null) {
      last.borrowed().giveBack();
    } else {
      last.borrowed().discard(unfit);
    }
  }

  /** All of it, also where one fails. */
  private void closeOpen() throws SQLException {
    List<ClosedAtEnd> closing = List.copyOf(open);
    open.clear();
    SqlCall.Action.all(closing.stream().map(each -> each::closeAtEnd));
  }

  @Override
  public String toString() {
    return who;
  }
}
