package io.txhost;

import io.txhost.spi.ShortTransaction;

/** A transaction around one statement outside. Its boundary is bound only while hooks run. */
final class OneStatement<S> implements ShortTransaction<S> {
  static final TransactionOptions OPTIONS =
      TransactionOptions.defaults().name("one statement outside");

  private final Facet<S> base;
  private final Begun begun;

  private OneStatement(Facet<S> base, Begun begun) {
    this.base = base;
    this.begun = begun;
  }

  /** Begins one, which is around nothing. */
  static <S> OneStatement<S> begin(HostSetup host, Facet<S> base) {
    Deadline deadline = Lookup.nearest(host) instanceof Outside outside ? outside.deadline : null;
    return new OneStatement<>(base, Begun.begin(host, OPTIONS, null, deadline));
  }

  @Override
  public S resource() {
    return base.cast(begun.resource(base));
  }

  @Override
  public void commit() {
    try {
      begun.keep();
    } finally {
      begun.after();
    }
  }

  @Override
  public void rollback(Throwable because) {
    try {
      begun.undoFor(because);
    } finally {
      begun.after();
    }
  }

  @Override
  public String toString() {
    return begun.toString();
  }
}
