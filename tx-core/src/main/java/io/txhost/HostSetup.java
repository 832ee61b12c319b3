package io.txhost;

import io.txhost.internal.Bridge;
import io.txhost.internal.Snapshot;
import io.txhost.spi.TransactionAdapter;
import org.jspecify.annotations.Nullable;

/** What one host and its views were built with. In frames it stands for the host. */
final class HostSetup {
  static {
    Snapshot.makeKnown(); // before the first host or context is nothing carried
  }

  final String name;
  final TransactionAdapter<?> adapter;
  final TransactionOptions defaults;
  final FallbackPolicy policy;
  final Listeners listeners;
  final FailedResults failedResults;
  final BeginHooks<?> beginHooks;

  /** What is told of each boundary that binds a frame. Mostly nobody is. */
  volatile @Nullable Bridge bridge;

  HostSetup(
      String name,
      TransactionAdapter<?> adapter,
      TransactionOptions defaults,
      FallbackPolicy policy,
      Listeners listeners,
      FailedResults failedResults,
      BeginHooks<?> beginHooks) {
    this.name = name;
    this.adapter = adapter;
    this.defaults = defaults;
    this.policy = policy;
    this.listeners = listeners;
    this.failedResults = failedResults;
    this.beginHooks = beginHooks;
  }

  /**
   * The name that was given; else with diagnostics on the calling method, and otherwise the host.
   */
  String nameOf(TransactionOptions asked) {
    String given = asked.nameOrNull();
    return given == null ? Diagnostics.callerOr(name) : given;
  }

  /** The options of a boundary that is opened here: with diagnostics on, named. */
  TransactionOptions named(TransactionOptions asked) {
    return Diagnostics.isOn() && asked.nameOrNull() == null ? asked.name(nameOf(asked)) : asked;
  }

  @Override
  public String toString() {
    return "host '" + name + "'";
  }
}
