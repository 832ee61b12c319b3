package io.txhost;

import io.txhost.spi.FallbackSignals;
import io.txhost.spi.ShortTransaction;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a host says about uses of its fallback, wherever that is used by then. */
final class Outside<S> implements FallbackSignals<S> {
  private final DefaultTransactionHost<S> base;

  Outside(DefaultTransactionHost<S> base) {
    this.base = base;
  }

  @Override
  public @Nullable S active() {
    Object resource = base.engine().activeResource("A use of what tx() gave outside", base);
    return resource == null ? null : base.cast(resource);
  }

  @Override
  public void refuseRead(String what) {
    base.engine().refuseFallback(what, false);
  }

  @Override
  public void refuseWrite(String what) {
    base.engine().refuseFallback(what, true);
  }

  @Override
  public void refuseFallenOut(String what) {
    base.engine().refuseFallenOut(what);
  }

  @Override
  public Optional<Duration> remainingTime() {
    Deadline deadline = base.engine().deadlineOutside();
    return deadline == null ? Optional.empty() : Optional.of(deadline.remaining());
  }

  @Override
  public boolean beginsEach() {
    return !base.engine().beginHooks().isEmpty();
  }

  @Override
  public @Nullable ShortTransaction<S> begin() {
    return base.engine().shortTransaction(base);
  }

  @Override
  public String toString() {
    return "outside on " + base;
  }
}
