package io.txhost.jdbc;

import io.txhost.CannotBeginTransactionException;
import io.txhost.CommitOutcomeUnknownException;
import io.txhost.Isolation;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.CauseChain;
import io.txhost.spi.FailureKind;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.sql.Connection;

/** Transactions of the connections of one data source. */
final class ConnectionAdapter implements TransactionAdapter<Connection> {
  private final ConnectionSource source;

  ConnectionAdapter(ConnectionSource source) {
    this.source = source;
  }

  @Override
  public Connection fallback() {
    return fallback(FallbackSignals.ofNoHost());
  }

  @Override
  public Connection fallback(FallbackSignals<Connection> signals) {
    return new FallbackConnection(source, signals);
  }

  @Override
  public AdapterTransaction<Connection> begin(
      TransactionOptions options, TransactionSignals signals) {
    return new JdbcTransaction(source, options, signals);
  }

  @Override
  public boolean tellsBegun() {
    return true;
  }

  @Override
  public FailureKind classify(Throwable failure) {
    boolean neverHelps =
        CauseChain.of(failure).stream()
            .anyMatch(
                e ->
                    e instanceof TransactionTimedOutException
                        || e instanceof CannotBeginTransactionException
                        || e instanceof CommitOutcomeUnknownException);
    if (neverHelps) {
      return FailureKind.OTHER;
    }
    if (SqlStates.isTransient(failure)) {
      return FailureKind.TRANSIENT;
    }
    return SqlStates.losesTransaction(failure) ? FailureKind.LOST : FailureKind.OTHER;
  }

  @Override
  public Isolation effective(Isolation asked) {
    return source.effective(asked);
  }

  @Override
  public String toString() {
    return "JDBC over " + source;
  }
}
