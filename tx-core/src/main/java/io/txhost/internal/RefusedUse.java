package io.txhost.internal;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets one listener hear what hosts refuse because no transaction is there: tx-test's, since code
 * under test may swallow the refusal. Mostly nobody listens.
 *
 * <p><b>Threads:</b> told on the thread of the refused use.
 */
public final class RefusedUse {
  private static volatile @Nullable Consumer<RuntimeException> listener;

  private RefusedUse() {}

  /** Has each refusal told to the listener from now on, in place of the one before. */
  public static void hear(Consumer<RuntimeException> told) {
    listener = told;
  }

  /** Tells of a refusal, which is about to be thrown. */
  public static <E extends RuntimeException> E told(E refusal) {
    Consumer<RuntimeException> hearing = listener;
    if (hearing != null) {
      hearing.accept(refusal);
    }
    return refusal;
  }
}
