package io.txhost.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where requests, messages or jobs come in: opens a context for each of them, and has ordered
 * initializers fill it before the work runs. They run once for each context that is opened here, a
 * copy included; where the outer context is reused none is opened and none runs.
 *
 * <p><b>Threads:</b> immutable; serves every thread at once.
 *
 * @param <S> what comes in
 */
public final class ContextEntry<S> {
  private final List<ContextInitializer<? super S>> initializers;

  private ContextEntry(List<ContextInitializer<? super S>> initializers) {
    this.initializers = initializers;
  }

  /** An entry point with these initializers, in this order. */
  public static <S> ContextEntry<S> of(List<? extends ContextInitializer<? super S>> initializers) {
    return new ContextEntry<>(List.copyOf(initializers));
  }

  /** As {@link #of(List)}. */
  @SafeVarargs
  public static <S> ContextEntry<S> of(ContextInitializer<? super S>... initializers) {
    List<ContextInitializer<? super S>> listed = new ArrayList<>();
    for (ContextInitializer<? super S> initializer : initializers) {
      listed.add(initializer);
    }
    return of(listed);
  }

  /**
   * Runs the work in a context that ends with it.
   *
   * @throws X what the work throws, or an initializer
   */
  public <R extends @Nullable Object, X extends Throwable> R call(
      ContextMode mode, S source, ContextCallable<? extends R, X> work) throws X {
    Objects.requireNonNull(work, "work");
    OpenContext opened = open(mode, source);
    try {
      return opened.<R, X>call(work);
    } finally {
      opened.close();
    }
  }

  /**
   * {@link #call} without a result.
   *
   * @throws X what the work throws, or an initializer
   */
  public <X extends Throwable> void run(ContextMode mode, S source, ContextRunnable<X> work)
      throws X {
    Objects.requireNonNull(work, "work");
    this.<@Nullable Void, X>call(mode, source, Context.resultless(work)::run);
  }

  /**
   * Opens a context for work that is done by several calls, such as the dispatches of one request.
   * It ends when it is closed.
   *
   * @throws RuntimeException what an initializer throws; the context has ended then
   */
  public OpenContext open(ContextMode mode, S source) {
    Objects.requireNonNull(source, "source");
    Context outer = Context.active();
    Context context = Context.opened(outer, mode, () -> new Context.Id(idOf(source)));
    OpenContext opened = new OpenContext(context, context != outer);
    if (context != outer) {
      try {
        opened.<@Nullable Void, RuntimeException>call(() -> initialized(context, source));
      } catch (Throwable failure) {
        opened.close();
        throw failure;
      }
    }
    return opened;
  }

  private @Nullable Void initialized(Context context, S source) {
    for (ContextInitializer<? super S> initializer : initializers) {
      initializer.initialize(context, source);
    }
    return null;
  }

  private @Nullable String idOf(S source) {
    for (ContextInitializer<? super S> initializer : initializers) {
      String id = initializer.id(source);
      if (Context.isAcceptableId(id)) {
        return id;
      }
    }
    return null;
  }
}
