package io.txhost;

import io.txhost.internal.Frame;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.ExecutedStatement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What its adapter and the line of those that wait tell the listeners of a transaction. */
// a layer of the transaction's object, as Turns is
abstract sealed class Observed extends ActiveTransaction permits Begun {
  Observed(HostSetup host, Frame outer, TransactionOptions options, @Nullable Deadline deadline) {
    super(host, outer, options, deadline);
  }

  /** Which attempt it is, from 1. */
  @Override
  public final int attempt() {
    return identity().attempt;
  }

  @Override
  public final String host() {
    return host.name;
  }

  // ---- its connection

  @Override
  public final List<AdapterTransaction<?>> transactionsAround() {
    return Surroundings.ofThisCode();
  }

  @Override
  public final void acquiring() {
    if (isObserved()) {
      tell(listener -> listener.acquiring(this));
    }
  }

  @Override
  public final void notAcquired(Throwable failure) {
    if (isObserved()) {
      tell(listener -> listener.notAcquired(this, failure));
    }
  }

  @Override
  public final void acquired() {
    holding = true;
    if (isObserved()) {
      tell(listener -> listener.acquired(this));
    }
  }

  @Override
  public final void released() {
    holding = false;
    if (isObserved()) {
      tell(listener -> listener.released(this));
    }
  }

  // ---- its statements

  @Override
  public final void executing(String sql) {
    if (isObserved()) {
      tell(listener -> listener.executing(this, sql));
      identity().executingSince = System.nanoTime();
    }
  }

  @Override
  public final void executed(String sql, int count, @Nullable Throwable failure) {
    if (isObserved()) {
      Duration took = Duration.ofNanos(System.nanoTime() - identity().executingSince);
      Executed statement = new Executed(sql, count, took, failure);
      tell(listener -> listener.executed(this, statement));
    }
  }

  private record Executed(String sql, int count, Duration duration, @Nullable Throwable failure)
      implements ExecutedStatement {}

  // ---- turns

  @Override
  final void waiting() {
    if (isObserved()) {
      tell(listener -> listener.waiting(this));
    }
  }

  @Override
  final void waited(long sinceNanos) {
    if (isObserved()) {
      Duration took = Duration.ofNanos(System.nanoTime() - sinceNanos);
      tell(listener -> listener.waited(this, took));
    }
  }
}
