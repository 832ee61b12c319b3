package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * The resources that one thread has of one transaction: one for each host, the base or a view of
 * it, that was asked there. Confined to that thread.
 *
 * <p>A structured child has its own, since a {@code Handle} may not be shared. They are found by a
 * thread-local: a forked thread ends with its task, so nothing of a child outlives it.
 */
final class Resources {
  private static final ThreadLocal<@Nullable Resources> OF_CHILD = new ThreadLocal<>();

  private final ActiveTransaction transaction;
  private final @Nullable Resources ofOther;
  private @Nullable Made made;

  private record Made(DefaultTransactionHost<?> host, Object resource, @Nullable Made next) {}

  Resources(ActiveTransaction transaction) {
    this(transaction, null);
  }

  private Resources(ActiveTransaction transaction, @Nullable Resources ofOther) {
    this.transaction = transaction;
    this.ofOther = ofOther;
  }

  /** Those of the calling thread, which is a child in the transaction. */
  static Resources ofThisChild(ActiveTransaction transaction) {
    Resources first = OF_CHILD.get();
    for (Resources r = first; r != null; r = r.ofOther) {
      if (r.transaction == transaction) {
        return r;
      }
    }
    Resources added = new Resources(transaction, first);
    OF_CHILD.set(added);
    return added;
  }

  Object of(DefaultTransactionHost<?> host) {
    Made first = made;
    if (first != null && first.host == host) {
      return first.resource;
    }
    return otherResource(host);
  }

  private Object otherResource(DefaultTransactionHost<?> host) {
    for (Made m = made; m != null; m = m.next) {
      if (m.host == host) {
        return m.resource;
      }
    }
    Object resource = host.show(transaction);
    made = new Made(host, resource, made);
    return resource;
  }

  /** Lets the views close what they made. */
  void complete(Transaction.Outcome outcome) {
    Made first = made;
    made = null;
    for (Made m = first; m != null; m = m.next) {
      m.host.complete(transaction, m.resource, outcome);
    }
  }
}
