package io.txhost;

import io.txhost.internal.Frame;
import org.jspecify.annotations.Nullable;

/** Begun by a host that has hooks to run before the first statement. */
final class BegunWithHooks extends Begun {
  /** While they run, and where one of them has failed; else null. */
  private volatile @Nullable Beginning beginning;

  /**
   * What hooks do before the first statement.
   *
   * @param by the thread that runs them; null once they have failed
   * @param failure why one of them did not let it begin
   */
  private record Beginning(
      @Nullable Thread by, @Nullable CannotBeginTransactionException failure) {}

  BegunWithHooks(
      HostSetup host, Frame outer, TransactionOptions options, @Nullable Deadline deadline) {
    super(host, outer, options, deadline);
  }

  @Override
  public void begun() {
    beginning = new Beginning(Thread.currentThread(), null);
    try {
      runBeginHooks();
      beginning = null;
    } catch (Throwable failure) {
      CannotBeginTransactionException refusal = Refusals.hookFailed(this, failure);
      beginning = new Beginning(null, refusal);
      lost(refusal);
      throw refusal;
    }
  }

  /** Where the calling code is not inside, as of a statement outside, it is while they run. */
  private void runBeginHooks() throws Exception {
    Transaction seen = new CurrentTransaction(this);
    if (here() == null) {
      bound(this, () -> host.beginHooks.run(this, seen));
    } else {
      host.beginHooks.run(this, seen);
    }
  }

  @Override
  boolean isBeginning() {
    Beginning now = beginning;
    return now != null && now.by() == Thread.currentThread();
  }

  @Override
  @Nullable CannotBeginTransactionException notBegun() {
    Beginning now = beginning;
    return now == null ? null : now.failure();
  }
}
