package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.ShortTransaction;
import io.txhost.spi.TransactionAdapter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a host says about uses of its fallback, wherever that is used by then. */
final class OutsideSignals<S> implements FallbackSignals<S> {
  private final ActiveHere here;
  private final Facet<S> base;

  OutsideSignals(ActiveHere here, TransactionAdapter<S> adapter) {
    this.here = here;
    this.base = new Facet.Base<>(adapter, this);
  }

  /** What the adapter shows by itself. */
  Facet<S> base() {
    return base;
  }

  @Override
  public @Nullable S active() {
    Object resource = here.resourceOrNull("A use of what tx() gave outside", base);
    return resource == null ? null : base.cast(resource);
  }

  @Override
  public void refuseRead(String what) {
    here.refuseFallback(what, false);
  }

  @Override
  public void refuseWrite(String what) {
    here.refuseFallback(what, true);
  }

  @Override
  public void refuseFallenOut(String what) {
    here.refuseFallenOut(what);
  }

  @Override
  public Optional<Duration> remainingTime() {
    Deadline deadline =
        Lookup.nearest(here.host()) instanceof Outside outside ? outside.deadline : null;
    return deadline == null ? Optional.empty() : Optional.of(deadline.remaining());
  }

  @Override
  public List<AdapterTransaction<?>> transactionsAround() {
    return Surroundings.ofThisCode();
  }

  @Override
  public boolean beginsEach() {
    return !here.host().beginHooks.isEmpty();
  }

  @Override
  public @Nullable ShortTransaction<S> begin() {
    return beginsEach() ? OneStatement.begin(here.host(), base) : null;
  }

  @Override
  public String toString() {
    return "outside on " + here.host();
  }
}
