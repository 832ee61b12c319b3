package io.txhost.context;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A context that a {@link ContextEntry} has opened and that lives until it is closed: for work that
 * comes and goes, on one thread after another.
 *
 * <p><b>Threads:</b> safe for use by many, also inside at the same time.
 */
public final class OpenContext implements AutoCloseable {
  private final Context context;
  private final boolean endsHere;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Who is inside, and one more until it is closed: whoever leaves last ends the context. */
  private final AtomicInteger holders = new AtomicInteger(1);

  OpenContext(Context context, boolean endsHere) {
    this.context = context;
    this.endsHere = endsHere;
  }

  /** The context itself. */
  public Context context() {
    return context;
  }

  /**
   * Runs the work in the context; what was current before is again afterwards, whatever was thrown.
   *
   * @throws ContextEndedException if it was closed
   * @throws X what the work throws
   */
  public <R extends @Nullable Object, X extends Throwable> R call(
      ContextCallable<? extends R, X> work) throws X {
    Objects.requireNonNull(work, "work");
    holders.incrementAndGet();
    try {
      if (closed.get()) {
        throw new ContextEndedException(context);
      }
      return Context.<R, X>within(context, work::call);
    } finally {
      leave();
    }
  }

  /**
   * Ends the context, unless it was another's to end. Where a call is still inside, the last one to
   * leave does; none gets in any more. A second time does nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      leave();
    }
  }

  private void leave() {
    if (holders.decrementAndGet() == 0 && endsHere) {
      context.end(); // more than once where a refused call leaves late: the second does nothing
    }
  }
}
