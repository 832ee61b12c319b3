package io.txhost.spring.tx;

import io.txhost.internal.BridgedBoundary;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;

/**
 * The connection of a host's transaction, as Spring looks it up. It is what {@code host.tx()} gives
 * at each use, so the pool's is taken by the first statement. A mark of Spring's is the host's.
 *
 * <p><b>Threads:</b> confined to one.
 */
final class BoundConnection extends ConnectionHolder {
  private final HostSide host;
  private final @Nullable Object transaction;
  private @Nullable BoundConnection hidden;

  /**
   * @param boundary of the transaction
   */
  BoundConnection(HostSide host, BridgedBoundary boundary) {
    super(host::connection);
    this.host = host;
    this.transaction = boundary.transaction();
    setTransactionActive(true);
    setSynchronizedWithTransaction(true);
    Duration remaining = boundary.remaining();
    if (remaining != null) {
      setTimeoutInMillis(remaining.toMillis());
    }
  }

  boolean isOf(HostSide asked) {
    return host.isSameAs(asked);
  }

  @Nullable Object transaction() {
    return transaction;
  }

  void hides(BoundConnection outer) {
    hidden = outer;
  }

  @Nullable BoundConnection hidden() {
    return hidden;
  }

  /** Where Spring finds the time over, say. */
  @Override
  public void setRollbackOnly() {
    host.mark("a statement of Spring's");
  }

  @Override
  public boolean isRollbackOnly() {
    BridgedBoundary here = host.here();
    return here != null && here.transaction() == transaction && here.isDoomed();
  }
}
