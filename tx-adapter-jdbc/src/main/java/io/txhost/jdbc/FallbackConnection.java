package io.txhost.jdbc;

import io.txhost.TransactionException;
import io.txhost.spi.FallbackSignals;
import java.lang.ref.Cleaner;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connection that was got outside a transaction. Where none is active each statement commits by
 * itself, as far as the host permits; where one is active it is used in that. Need not be closed;
 * closing it closes the statements it made.
 *
 * <p><b>Threads:</b> safe for use by many, save for a block's; its statements are not.
 */
class FallbackConnection extends GuardedConnection {
  static final String WHO = "outside a transaction";
  private static final Cleaner CLEANER = Cleaner.create();

  private final ConnectionSource source;
  private final FallbackSignals<Connection> signals;
  private final Holding holding;
  private final OutsideRules rules;
  private final OpenOutside open;
  private Cleaner.@Nullable Cleanable watch;
  private volatile boolean closed;

  private FallbackConnection(
      ConnectionSource source, FallbackSignals<Connection> signals, Holding holding) {
    this.source = source;
    this.signals = signals;
    this.holding = holding;
    this.rules = new OutsideRules(source, signals, holding.isOne());
    this.open = new OpenOutside(holding.isOne());
  }

  /** Each statement has a connection of its own. */
  FallbackConnection(ConnectionSource source, FallbackSignals<Connection> signals) {
    this(source, signals, new Holding.EachItsOwn(source, OutsideTaker.statement(signals)));
  }

  final ConnectionSource source() {
    return source;
  }

  final FallbackSignals<Connection> signals() {
    return signals;
  }

  /** All statements have one, from the first to {@link #close()}. */
  FallbackConnection block() {
    Holding.Block one = new Holding.Block(source, OutsideTaker.block(signals));
    FallbackConnection block = new FallbackConnection(source, signals, one);
    block.watch = CLEANER.register(block, one::forgotten);
    return block;
  }

  /** What it has made and is open. */
  final OpenOutside open() {
    return open;
  }

  // ---- where it is used

  /** The active transaction's connection, else this one. */
  @Override
  GuardedConnection here() throws SQLException {
    if (closed) {
      throw Refusals.closedConnection();
    }
    return signals.active() instanceof GuardedConnection active ? active : this;
  }

  /**
   * Refuses what is not permitted outside. A statement that was made here and is used in a
   * transaction does not come by: {@link JoiningStatement} takes it there.
   */
  void permit(Sql sql) {
    rules.refuse(sql);
  }

  /** What the host says of it. */
  final OutsideRules rules() {
    return rules;
  }

  @Override
  void check() {
    // there is nothing to end
  }

  @Override
  String who() {
    return WHO;
  }

  @Override
  DataSource dataSource() {
    return source.dataSource();
  }

  @Override
  String instead() {
    return "each statement commits by itself here, so there is nothing to end: leave the call out,"
        + " or the option that makes a library call it. What is to be kept or undone as one"
        + " belongs in host.withTransaction, without the call.";
  }

  @Override
  void refused(TransactionException refusal) {
    // there is nothing to mark
  }

  private AutoCommitGuard take() throws SQLException {
    return new AutoCommitGuard(this, holding);
  }

  // ---- statements

  @Override
  GuardedStatement statement(SqlFunction<Connection, Statement> make) throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.statement(make);
    }
    AutoCommitGuard guard = take();
    return guard.keepFor(driver -> new GuardedStatement(guard, this, make.apply(driver)));
  }

  @Override
  GuardedPreparedStatement prepared(String sql, SqlFunction<Connection, PreparedStatement> make)
      throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.prepared(sql, make);
    }
    AutoCommitGuard guard = take();
    return guard.keepFor(
        driver -> new GuardedPreparedStatement(guard, this, make.apply(driver), guard.read(sql)));
  }

  @Override
  GuardedCallableStatement callable(String sql, SqlFunction<Connection, CallableStatement> make)
      throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.callable(sql, make);
    }
    AutoCommitGuard guard = take();
    return guard.keepFor(
        driver -> new GuardedCallableStatement(guard, this, make.apply(driver), guard.read(sql)));
  }

  @Override
  <S extends Statement> S shown(
      Class<S> kind, @Nullable String sql, SqlCall<? extends GuardedStatement> make)
      throws SQLException {
    Sql refused = sql == null || here() != this ? null : rules.refused(sql);
    if (refused != null) {
      return JoiningStatement.refused(kind, this, refused, make);
    }
    GuardedStatement made = make.run();
    return here() == this ? JoiningStatement.of(kind, this, made, make) : kind.cast(made);
  }

  /** In a block it is of the block's connection; else of one that has gone back. */
  @Override
  <T> T made(T driverObject) throws SQLException {
    GuardedConnection here = here();
    return here == this ? driverObject : here.made(driverObject);
  }

  // ---- questions

  @Override
  <R extends @Nullable Object> R ask(SqlFunction<Connection, R> question) throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.ask(question);
    }
    signals.refuseRead("A question to the connection");
    return take().ask(question);
  }

  @Override
  <R extends @Nullable Object> R query(SqlFunction<Connection, R> question) throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.query(question);
    }
    if (!rules.beginsEach()) {
      return ask(question);
    }
    signals.refuseRead("A query of metadata");
    AutoCommitGuard guard = take();
    return guard.ask(driver -> guard.query(question));
  }

  @Override
  ResultSet metaDataResult(SqlFunction<DatabaseMetaData, ResultSet> question) throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.metaDataResult(question);
    }
    signals.refuseRead("A query of metadata");
    AutoCommitGuard guard = take();
    return guard.keepFor(
        driver ->
            new GuardedResultSet(
                guard, null, guard.query(asked -> question.apply(asked.getMetaData()))));
  }

  /** An adapter that stands on this connection finds what it asks the host by here, too. */
  @Override
  public <I> I unwrap(Class<I> iface) throws SQLException {
    if (iface.isInstance(this)) {
      return iface.cast(this);
    }
    if (iface == FallbackSignals.class) {
      return iface.cast(signals);
    }
    GuardedConnection here = here();
    if (here != this) {
      return here.unwrap(iface);
    }
    Connection driver = ofTheBlock(iface);
    return iface.isInstance(driver) ? iface.cast(driver) : driver.unwrap(iface);
  }

  /** A block's own: what user code does with it is not seen. */
  private Connection ofTheBlock(Class<?> asked) throws SQLException {
    if (!holding.hasOne()) {
      throw noConnectionHeld(asked);
    }
    signals.refuseRead("unwrap");
    AutoCommitGuard guard = take();
    guard.escaping();
    return guard.ask(driver -> driver);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    if (iface.isInstance(this) || iface == FallbackSignals.class) {
      return true;
    }
    GuardedConnection here = here();
    if (here != this) {
      return here.isWrapperFor(iface);
    }
    return holding.hasOne()
        && ask(driver -> iface.isInstance(driver) || driver.isWrapperFor(iface));
  }

  @Override
  <I> I unwrapMetaData(Class<I> type) throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.unwrapMetaData(type);
    }
    DatabaseMetaData metaData = ofTheBlock(type).getMetaData();
    return type.isInstance(metaData) ? type.cast(metaData) : metaData.unwrap(type);
  }

  private static SQLException noConnectionHeld(Class<?> type) {
    return new SQLException(
        "TXH-514 No "
            + type.getName()
            + " "
            + WHO
            + ": each statement has a connection of its own. Unwrap inside host.withTransaction,"
            + " unwrap a statement, or take one connection for all: JdbcAdapter.block(host.tx()).");
  }

  @Override
  public void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      open.closeAll();
    } finally {
      holding.end();
      if (watch != null) {
        watch.clean(); // finds nothing to do, and is forgotten
      }
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isValid(int timeout) throws SQLException {
    return !closed && ask(driver -> driver.isValid(timeout));
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    GuardedConnection here = here();
    return here == this || here.getAutoCommit();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    GuardedConnection here = here();
    return here == this ? ask(Connection::isReadOnly) : here.isReadOnly();
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    GuardedConnection here = here();
    return here == this ? ask(Connection::getTransactionIsolation) : here.getTransactionIsolation();
  }

  /** Outside a block there are none: each statement has its own. */
  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      return here.getWarnings();
    }
    return holding.hasOne() ? ask(Connection::getWarnings) : null;
  }

  @Override
  public void clearWarnings() throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      here.clearWarnings();
    } else if (holding.hasOne()) {
      this.<@Nullable Void>ask(
          driver -> {
            driver.clearWarnings();
            return null;
          });
    }
  }

  // ---- savepoints

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return inTransaction("setSavepoint").setSavepoint();
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return inTransaction("setSavepoint").setSavepoint(name);
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    inTransaction("rollback(Savepoint)").rollback(savepoint);
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    inTransaction("releaseSavepoint").releaseSavepoint(savepoint);
  }

  private GuardedConnection inTransaction(String call) throws SQLException {
    GuardedConnection here = here();
    if (here == this) {
      throw refuseTransactionCall(call);
    }
    return here;
  }

  @Override
  public String toString() {
    return "connection outside transactions, of " + source;
  }
}
