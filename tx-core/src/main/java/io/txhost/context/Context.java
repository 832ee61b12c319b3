package io.txhost.context;

import io.txhost.internal.Body;
import io.txhost.internal.CapturedContext;
import io.txhost.internal.CapturedTransaction;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.internal.Snapshot;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values that follow a call: an id and values by key, from {@link #call} inwards, on every thread
 * the work is {@link #wrap wrapped} for. What is set is seen by all who share the context.
 *
 * <p>A context ends with the call that made it, or where an {@linkplain ContextEntry entry point}
 * closes it: then what asked for it by {@link #onEnd} runs. Its values stay readable for wrapped
 * work that is still running.
 *
 * <p>A transaction boundary is no context: what is set inside one stays set after it. A context is
 * no transaction boundary either: opening one leaves the active transaction as it is.
 *
 * <p><b>Threads:</b> safe for use by many; a value set by one is visible to all that read it later.
 */
public final class Context {
  private static final Pattern ACCEPTABLE_ID = Pattern.compile("[A-Za-z0-9._~-]{1,64}");
  private static final System.Logger LOG = System.getLogger("io.txhost");
  private static final AtEnd ENDED = new AtEnd(() -> {}, null);
  private static final AtomicReferenceFieldUpdater<Context, @Nullable AtEnd> AT_END =
      AtomicReferenceFieldUpdater.newUpdater(Context.class, AtEnd.class, "atEnd");

  static {
    Snapshot.makeKnown(); // as each host does: before both nothing is carried
  }

  private final Id id;
  private final ConcurrentHashMap<ContextKey<?>, Slot> slots = new ConcurrentHashMap<>();

  /** The newest first; {@link #ENDED} once they run. */
  private volatile @Nullable AtEnd atEnd;

  private Context(Id id) {
    this.id = id;
  }

  /** Whether the calling code runs in a context. */
  public static boolean isActive() {
    return Carrier.current().context() != null;
  }

  /**
   * The context of the calling code.
   *
   * @throws NoActiveContextException outside any
   */
  public static Context current() {
    Context context = active();
    if (context == null) {
      throw new NoActiveContextException(
          "No context is active on thread "
              + CapturedTransaction.nameOf(Thread.currentThread())
              + ": open one with Context.call or Context.run, or hand the task over through Context.wrap");
    }
    return context;
  }

  static @Nullable Context active() {
    return (Context) Carrier.current().context();
  }

  /**
   * Runs the work in a context; the outer one is back afterwards, whatever was thrown.
   *
   * @throws X what the work throws
   */
  public static <R extends @Nullable Object, X extends Throwable> R call(
      ContextMode mode, ContextCallable<? extends R, X> work) throws X {
    Objects.requireNonNull(work, "work");
    return callIn(mode, Id::new, work::call);
  }

  /**
   * {@link #call(ContextMode, ContextCallable)} with {@link ContextMode#INHERIT}.
   *
   * @throws X what the work throws, unchanged
   */
  public static <R extends @Nullable Object, X extends Throwable> R call(
      ContextCallable<? extends R, X> work) throws X {
    return call(ContextMode.INHERIT, work);
  }

  /**
   * {@link #call(ContextMode, ContextCallable)} under an id given from outside. A request has one
   * id, that of whoever opened it first: where the mode keeps the outer context's id, the one given
   * here is not used.
   *
   * @throws IllegalArgumentException if {@link #isAcceptableId} says no
   * @throws X what the work throws
   */
  public static <R extends @Nullable Object, X extends Throwable> R call(
      ContextMode mode, String id, ContextCallable<? extends R, X> work) throws X {
    Objects.requireNonNull(work, "work");
    if (!isAcceptableId(Objects.requireNonNull(id, "id"))) {
      throw new IllegalArgumentException(
          "TXH-304 A context id has 1 to 64 letters, digits and . _ ~ -; this one has "
              + id.length()
              + " characters. Check ids from outside with Context.isAcceptableId first.");
    }
    return callIn(mode, () -> new Id(id), work::call);
  }

  /**
   * {@link #call(ContextMode, ContextCallable)} without a result.
   *
   * @throws X what the work throws, unchanged
   */
  public static <X extends Throwable> void run(ContextMode mode, ContextRunnable<X> work) throws X {
    Objects.requireNonNull(work, "work");
    Context.<@Nullable Void, X>callIn(mode, Id::new, resultless(work));
  }

  /**
   * {@link #run(ContextMode, ContextRunnable)} with {@link ContextMode#INHERIT}.
   *
   * @throws X what the work throws, unchanged
   */
  public static <X extends Throwable> void run(ContextRunnable<X> work) throws X {
    run(ContextMode.INHERIT, work);
  }

  /**
   * Runs the work outside any context. A transaction stays active: leave that by {@code
   * withoutTransaction}.
   *
   * @throws X what the work throws, unchanged
   */
  public static <R extends @Nullable Object, X extends Throwable> R exit(
      ContextCallable<? extends R, X> work) throws X {
    Objects.requireNonNull(work, "work");
    return within(null, work::call);
  }

  /**
   * Whether an id from outside, a header say, may become a context's: 1 to 64 letters, digits and
   * {@code . _ ~ -}.
   */
  public static boolean isAcceptableId(@Nullable String id) {
    return id != null && ACCEPTABLE_ID.matcher(id).matches();
  }

  private static <R extends @Nullable Object, X extends Throwable> R callIn(
      ContextMode mode, Supplier<Id> id, Body<R, X> body) throws X {
    Context outer = active();
    Context context = opened(outer, mode, id);
    if (context == outer) {
      return within(context, body);
    }
    try {
      return within(context, body);
    } finally {
      context.end();
    }
  }

  /** For entry points: the id is asked for only where the context has none from outside. */
  static Context opened(@Nullable Context outer, ContextMode mode, Supplier<Id> id) {
    return switch (Objects.requireNonNull(mode, "mode")) {
      case REUSE -> outer != null ? outer : new Context(id.get());
      case INHERIT -> outer != null ? outer.copy() : new Context(id.get());
      case NEW -> new Context(id.get());
    };
  }

  static <R extends @Nullable Object, X extends Throwable> R within(
      @Nullable Context context, Body<R, X> body) throws X {
    return Carrier.call(new Frame(Carrier.current(), context), body);
  }

  static <X extends Throwable> Body<@Nullable Void, X> resultless(ContextRunnable<X> work) {
    return () -> {
      work.run();
      return null;
    };
  }

  /**
   * The task with the calling code's context, wherever it runs. A transaction does not come along,
   * since it may end before the task runs: there {@code tx()} throws {@code
   * DetachedTransactionException}.
   */
  public static Runnable wrap(Runnable task) {
    Objects.requireNonNull(task, "task");
    CapturedContext captured = Carrier.capture();
    return () ->
        Carrier.<@Nullable Void, RuntimeException>callDetached(captured, resultless(task::run));
  }

  /** As {@link #wrap(Runnable)}. */
  public static <V extends @Nullable Object> Callable<V> wrap(Callable<V> task) {
    Objects.requireNonNull(task, "task");
    CapturedContext captured = Carrier.capture();
    return () -> Carrier.<V, Exception>callDetached(captured, task::call);
  }

  /**
   * As {@link #wrap(Runnable)}, for what is chained to a {@code CompletionStage}: one that is not
   * complete yet hands its function to the executor only when it is, on the thread that completes
   * it, so that a wrapped executor captures what is there.
   */
  public static <T extends @Nullable Object, R extends @Nullable Object>
      Function<T, R> wrapFunction(Function<? super T, ? extends R> function) {
    Objects.requireNonNull(function, "function");
    CapturedContext captured = Carrier.capture();
    return argument ->
        Carrier.<R, RuntimeException>callDetached(captured, () -> function.apply(argument));
  }

  /** An executor whose tasks are {@link #wrap(Runnable) wrapped} where they are submitted. */
  public static Executor wrap(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return task -> executor.execute(wrap(task));
  }

  /** As {@link #wrap(Executor)}, for every way of submitting. */
  public static ExecutorService wrap(ExecutorService executor) {
    return new ContextExecutorService<>(Objects.requireNonNull(executor, "executor"));
  }

  /**
   * As {@link #wrap(Executor)}; a periodic task has the context it was scheduled in at each run.
   */
  public static ScheduledExecutorService wrap(ScheduledExecutorService executor) {
    return new ContextScheduledExecutorService(Objects.requireNonNull(executor, "executor"));
  }

  /** One per request: a context that inherits has its outer one's. */
  public String id() {
    return id.value();
  }

  /** The key's value, if it has one. */
  @SuppressWarnings("unchecked") // only checked values of the key get in
  public <V> Optional<V> get(ContextKey<V> key) {
    Slot slot = slots.get(Objects.requireNonNull(key, "key"));
    return slot == null ? Optional.empty() : Optional.ofNullable((V) slot.value);
  }

  /**
   * The key's value.
   *
   * @throws MissingContextValueException if it has none
   */
  public <V> V require(ContextKey<V> key) {
    return get(key)
        .orElseThrow(
            () ->
                new MissingContextValueException(
                    "Context "
                        + id()
                        + " has no value for "
                        + key
                        + ": set it where the context is opened"));
  }

  /** Whether the key has a value: false, 0 and "" are values. */
  public boolean has(ContextKey<?> key) {
    return get(key).isPresent();
  }

  /** Sets the key's value; null is refused. */
  public <V> Context set(ContextKey<V> key, V value) {
    slot(key).set(key.checked(value));
    return this;
  }

  /**
   * The key's value, made once where it has none. Others that ask for the same key meanwhile wait
   * for it, as long as it takes: suppliers of two keys must not ask for each other's, nor wait for
   * another thread that asks for their own.
   *
   * @throws NullPointerException if the supplier gives null; the key stays without a value
   * @throws IllegalStateException if the supplier asks for the value that it is to make; the key
   *     stays without a value
   */
  @SuppressWarnings("unchecked") // only checked values of the key get in
  public <V> V computeIfAbsent(ContextKey<V> key, Supplier<? extends V> value) {
    Objects.requireNonNull(value, "value");
    return (V) slot(key).computeIfAbsent(key, () -> key.checked(value.get()));
  }

  /** Removes the key's value, if it has one. */
  public Context remove(ContextKey<?> key) {
    Slot slot = slots.get(Objects.requireNonNull(key, "key"));
    if (slot != null) {
      slot.set(null);
    }
    return this;
  }

  /**
   * Runs the callback when this context ends, in this context, on the thread that ends it: after
   * the work of the outermost call that made it, or when its entry point closes it. What was
   * registered last runs first. All of them run: a failure is logged and does not leave the
   * context. Where the context ends inside a transaction they run in that, and one that fails in a
   * joined boundary marks it. A copy by {@link ContextMode#INHERIT} has an end of its own, and
   * begins without callbacks.
   *
   * @throws ContextEndedException if it has ended
   */
  public void onEnd(Runnable callback) {
    Objects.requireNonNull(callback, "callback");
    AtEnd before;
    do {
      before = atEnd;
      if (before == ENDED) {
        throw new ContextEndedException(this);
      }
    } while (!AT_END.compareAndSet(this, before, new AtEnd(callback, before)));
  }

  /** A second time does nothing. */
  void end() {
    for (AtEnd next = AT_END.getAndSet(this, ENDED); next != null; next = next.before) {
      try {
        Context.<@Nullable Void, RuntimeException>within(this, resultless(next.callback::run));
      } catch (Throwable failure) {
        LOG.log(
            System.Logger.Level.ERROR,
            "TXH-305 What was to be done at the end of " + this + " failed; the rest was done",
            failure);
      }
    }
  }

  private Slot slot(ContextKey<?> key) {
    return slots.computeIfAbsent(Objects.requireNonNull(key, "key"), absent -> new Slot());
  }

  private Context copy() {
    Context copy = new Context(id);
    for (Map.Entry<ContextKey<?>, Slot> entry : slots.entrySet()) {
      Object value = entry.getValue().value;
      if (value != null && entry.getKey().isInherited()) {
        copy.slot(entry.getKey()).set(value);
      }
    }
    return copy;
  }

  @Override
  public String toString() {
    return "context " + id();
  }

  private static final class AtEnd {
    final Runnable callback;
    final @Nullable AtEnd before;

    AtEnd(Runnable callback, @Nullable AtEnd before) {
      this.callback = callback;
      this.before = before;
    }
  }

  // made when first asked for: most contexts are never asked
  static final class Id {
    private final AtomicReference<@Nullable String> value;

    Id() {
      this(null);
    }

    Id(@Nullable String given) {
      this.value = new AtomicReference<>(given);
    }

    String value() {
      String present = value.get();
      if (present == null) {
        value.compareAndSet(null, UUID.randomUUID().toString());
        present = Objects.requireNonNull(value.get());
      }
      return present;
    }
  }
}
