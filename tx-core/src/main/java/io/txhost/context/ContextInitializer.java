package io.txhost.context;

import org.jspecify.annotations.Nullable;

/**
 * Fills the contexts that an {@linkplain ContextEntry entry point} opens, from what came in there.
 *
 * <p><b>Threads:</b> one initializer serves every thread at once.
 *
 * @param <S> what came in, such as a request or a message
 */
@FunctionalInterface
public interface ContextInitializer<S> {

  /**
   * Sets values, before the work runs and with the context current. What it throws is the failure
   * of the request: the work does not run.
   *
   * @param context just opened; a copy of the outer one has the outer values already, which {@link
   *     Context#computeIfAbsent} keeps
   * @param source is not to be kept: it may be gone while the context is still in use
   */
  void initialize(Context context, S source);

  /**
   * An id for the context, or null; asked before {@link #initialize} and only where the context has
   * none from outside. Of several initializers the first that has an {@linkplain
   * Context#isAcceptableId acceptable} one wins; one that is not acceptable is as none.
   *
   * @implSpec has none
   */
  default @Nullable String id(S source) {
    return null;
  }
}
