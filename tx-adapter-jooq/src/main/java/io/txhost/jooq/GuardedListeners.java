package io.txhost.jooq;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.TransactionListenerProvider;
import org.jspecify.annotations.Nullable;

/**
 * A user's {@code TransactionListener}s, which may throw without keeping jOOQ from ending the
 * transaction: jOOQ would not roll back after a {@code rollbackStart} that throws. Where a failure
 * is on its way already, a listener's is suppressed in it; else it is the failure.
 */
record GuardedListeners(TransactionListenerProvider users) implements TransactionListenerProvider {

  static TransactionListenerProvider[] around(TransactionListenerProvider[] providers) {
    return Stream.of(providers)
        .map(each -> each instanceof GuardedListeners ? each : new GuardedListeners(each))
        .toArray(TransactionListenerProvider[]::new);
  }

  /** The first that is not guarded, null if there is none. */
  static @Nullable TransactionListenerProvider unguarded(Configuration configuration) {
    for (TransactionListenerProvider each : configuration.transactionListenerProviders()) {
      if (!(each instanceof GuardedListeners)) {
        return each;
      }
    }
    return null;
  }

  @Override
  public TransactionListener provide() {
    return new Guarded(users.provide());
  }

  private record Guarded(TransactionListener user) implements TransactionListener {

    @Override
    public void beginStart(TransactionContext context) {
      call(context, user::beginStart);
    }

    @Override
    public void beginEnd(TransactionContext context) {
      call(context, user::beginEnd);
    }

    @Override
    public void commitStart(TransactionContext context) {
      call(context, user::commitStart);
    }

    @Override
    public void commitEnd(TransactionContext context) {
      call(context, user::commitEnd);
    }

    @Override
    public void rollbackStart(TransactionContext context) {
      call(context, user::rollbackStart);
    }

    @Override
    public void rollbackEnd(TransactionContext context) {
      call(context, user::rollbackEnd);
    }

    private static void call(TransactionContext context, Consumer<TransactionContext> callback) {
      try {
        callback.accept(context);
      } catch (Throwable failure) { // Kotlin's listeners throw checked ones, too
        if (!Failing.isSuppressed(context, failure)) {
          throw failure;
        }
      }
    }
  }
}
