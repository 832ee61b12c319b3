package io.txhost.jdbc;

import io.txhost.spi.FallbackSignals;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a library which demarcates by itself has got outside a transaction. Each
 * statement commits by itself there, on a connection of its own, until the library sets auto-commit
 * off or changes the state: from then on it holds one, see {@link OwnConnection}. Between its own
 * transactions it joins the host's where one is active, see {@link EnlistedConnection}.
 *
 * <p>Used by one thread at a time, as any connection of a library's.
 */
final class EnlistingConnection extends FallbackConnection {
  private @Nullable OwnConnection own;
  private @Nullable EnlistedConnection joined;

  /** Something that may write was sent with auto-commit on, since the last commit or rollback. */
  private boolean hasWritten;

  EnlistingConnection(ConnectionSource source, FallbackSignals<Connection> signals) {
    super(source, signals);
  }

  // ---- where it is used

  @Override
  GuardedConnection here() throws SQLException {
    if (isClosed()) {
      throw Refusals.closedConnection();
    }
    EnlistedConnection inside = joined;
    if (inside != null && inside.isUnderWay()) { // refuses, if its transaction has ended
      return inside;
    }
    OwnConnection mine = own;
    if (mine != null && mine.session().isUnderWay()) {
      return mine;
    }
    if (signals().active() instanceof TransactionConnection active) {
      return joining(active.transaction());
    }
    return mine == null ? this : mine;
  }

  private EnlistedConnection joining(JdbcTransaction transaction) throws SQLException {
    EnlistedConnection inside = joined;
    if (inside == null || inside.transaction() != transaction) {
      inside = enlisted(transaction);
      joined = inside;
    }
    return inside;
  }

  /** What the library has changed is refused here if the transaction does not have it. */
  private EnlistedConnection enlisted(JdbcTransaction transaction) throws SQLException {
    OwnConnection mine = own;
    if (mine == null) {
      return new EnlistedConnection(transaction, false);
    }
    EnlistedConnection made = new EnlistedConnection(transaction, !mine.getAutoCommit());
    mine.session().repeatChangesOn(made);
    return made;
  }

  /** The connection that the library holds, from now on. */
  private OwnConnection own() {
    OwnConnection mine = own;
    if (mine == null) {
      mine = new OwnConnection(source(), new OwnSession(source(), signals()), this);
      own = mine;
    }
    return mine;
  }

  private GuardedConnection withState() throws SQLException {
    GuardedConnection here = here();
    return here == this ? own() : here;
  }

  /** The signals permit all of it; what was committed with that is noted. */
  @Override
  void permit(Sql sql) {
    super.permit(sql);
    hasWritten |= sql.mayWrite();
  }

  // ---- transactions

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    GuardedConnection here = here();
    if (here instanceof EnlistedConnection) {
      here.setAutoCommit(autoCommit);
    }
    if (own != null || !autoCommit) { // outside, it is so afterwards
      own().setAutoCommit(autoCommit);
    }
  }

  /** With auto-commit on there is nothing left to commit. */
  @Override
  public void commit() throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      here.commit();
    }
    hasWritten = false;
  }

  @Override
  public void rollback() throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      here.rollback();
    } else if (hasWritten) {
      throw Refusals.asSql(Enlistment.committedAlready());
    }
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    GuardedConnection here = here();
    if (here != this) {
      here.abort(executor);
    }
    close();
  }

  @Override
  public void close() throws SQLException {
    OwnConnection mine = own;
    EnlistedConnection inside = joined;
    SqlCall.Action.all(
        Stream.of(
            super::close,
            () -> {
              if (mine != null) {
                mine.close();
              }
            },
            () -> {
              if (inside != null) {
                inside.close();
              }
            }));
  }

  // ---- state: what changes nothing takes nothing

  @Override
  public void setReadOnly(boolean readOnly) throws SQLException {
    if (readOnly != isReadOnly()) {
      withState().setReadOnly(readOnly);
    }
  }

  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    if (level != getTransactionIsolation()) {
      withState().setTransactionIsolation(level);
    }
  }

  @Override
  public void setCatalog(@Nullable String catalog) throws SQLException {
    if (!Objects.equals(catalog, getCatalog())) {
      withState().setCatalog(catalog);
    }
  }

  @Override
  public void setSchema(@Nullable String schema) throws SQLException {
    if (!Objects.equals(schema, getSchema())) {
      withState().setSchema(schema);
    }
  }

  @Override
  public void setHoldability(int holdability) throws SQLException {
    if (holdability != getHoldability()) {
      withState().setHoldability(holdability);
    }
  }

  @Override
  public void setTypeMap(@Nullable Map<String, Class<?>> map) throws SQLException {
    if (!Objects.equals(map, getTypeMap())) {
      withState().setTypeMap(map);
    }
  }

  @Override
  public void setNetworkTimeout(Executor executor, int milliseconds) throws SQLException {
    if (milliseconds != getNetworkTimeout()) {
      withState().setNetworkTimeout(executor, milliseconds);
    }
  }

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    OwnConnection.clientInfo(() -> withState().setClientInfo(name, value));
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    OwnConnection.clientInfo(() -> withState().setClientInfo(properties));
  }

  // ---- the driver's own

  @Override
  public <I> I unwrap(Class<I> iface) throws SQLException {
    return iface.isInstance(this) ? iface.cast(this) : withState().unwrap(iface);
  }

  @Override
  public boolean isWrapperFor(Class<?> iface) throws SQLException {
    GuardedConnection here = here();
    return here == this
        ? iface.isInstance(this)
            || ask(driver -> iface.isInstance(driver) || driver.isWrapperFor(iface))
        : iface.isInstance(this) || here.isWrapperFor(iface);
  }

  @Override
  <I> I unwrapMetaData(Class<I> type) throws SQLException {
    return withState().unwrapMetaData(type);
  }
}
