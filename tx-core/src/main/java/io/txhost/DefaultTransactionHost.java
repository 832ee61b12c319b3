package io.txhost;

import io.txhost.internal.Bridge;
import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.BridgedHost;
import io.txhost.internal.Carrier;
import io.txhost.spi.ResourceView;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionListener;
import io.txhost.spi.ViewedAdapter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A host, seen through one type of resource. */
final class DefaultTransactionHost<T>
    implements TransactionHost<T>,
        BridgedHost<TransactionOptions, ManualTransaction, TransactionHost<?>> {
  static final String DEFAULT_NAME = "default";

  private final HostSetup setup;
  private final Engine engine;
  private final ActiveHere here;
  private final Facet<T> facet;

  private DefaultTransactionHost(HostSetup setup, Engine engine, ActiveHere here, Facet<T> facet) {
    this.setup = setup;
    this.engine = engine;
    this.here = here;
    this.facet = facet;
  }

  private static <T> DefaultTransactionHost<T> base(
      HostSetup setup, TransactionAdapter<T> adapter) {
    ActiveHere here = new ActiveHere(setup);
    Facet<T> facet = new OutsideSignals<>(here, adapter).base();
    return new DefaultTransactionHost<>(setup, new Engine(setup), here, facet);
  }

  /** Whether the other is a view of this one, or of the same. */
  boolean isSameAs(DefaultTransactionHost<?> other) {
    return setup == other.setup;
  }

  @Override
  public String name() {
    return setup.name;
  }

  @Override
  public TransactionOptions defaultOptions() {
    return setup.defaults;
  }

  @Override
  public T tx() {
    return here.tx(facet);
  }

  @Override
  public boolean isTransactionActive() {
    return here.boundary() != null;
  }

  @Override
  public Optional<Transaction> currentTransaction() {
    return Optional.ofNullable(here.transaction());
  }

  @Override
  public <R extends @Nullable Object, X extends Throwable> R withTransaction(
      TransactionalCallable<? extends R, X> work) throws X {
    return engine.run(TransactionOptions.defaults(), Objects.requireNonNull(work, "work"));
  }

  @Override
  public <R extends @Nullable Object, X extends Throwable> R withTransaction(
      Propagation propagation, TransactionalCallable<? extends R, X> work) throws X {
    return engine.run(
        Engine.asking(Objects.requireNonNull(propagation, "propagation")),
        Objects.requireNonNull(work, "work"));
  }

  @Override
  public <R extends @Nullable Object, X extends Throwable> R withTransaction(
      TransactionOptions options, TransactionalCallable<? extends R, X> work) throws X {
    return engine.run(
        Objects.requireNonNull(options, "options"), Objects.requireNonNull(work, "work"));
  }

  @Override
  public <X extends Throwable> void withTransaction(TransactionalRunnable<X> work) throws X {
    engine.run(TransactionOptions.defaults(), Objects.requireNonNull(work, "work"));
  }

  @Override
  public <X extends Throwable> void withTransaction(
      Propagation propagation, TransactionalRunnable<X> work) throws X {
    engine.run(
        Engine.asking(Objects.requireNonNull(propagation, "propagation")),
        Objects.requireNonNull(work, "work"));
  }

  @Override
  public <X extends Throwable> void withTransaction(
      TransactionOptions options, TransactionalRunnable<X> work) throws X {
    engine.run(Objects.requireNonNull(options, "options"), Objects.requireNonNull(work, "work"));
  }

  @Override
  public <R extends @Nullable Object, X extends Throwable> R withoutTransaction(
      TransactionalCallable<? extends R, X> work) throws X {
    return withTransaction(Propagation.NOT_SUPPORTED, work);
  }

  @Override
  public <X extends Throwable> void withoutTransaction(TransactionalRunnable<X> work) throws X {
    withTransaction(Propagation.NOT_SUPPORTED, work);
  }

  @Override
  public ManualTransaction begin() {
    return engine.begin(TransactionOptions.defaults());
  }

  @Override
  public ManualTransaction begin(TransactionOptions options) {
    return engine.begin(Objects.requireNonNull(options, "options"));
  }

  // ---- what a bridge asks

  @Override
  public TransactionHost<?> base() {
    return new DefaultTransactionHost<>(setup, engine, here, facet.base());
  }

  @Override
  public Object identity() {
    return setup;
  }

  @Override
  public void attach(Bridge bridge) {
    setup.bridge = bridge;
  }

  @Override
  public ManualTransaction begin(TransactionOptions options, @Nullable Runnable abandoned) {
    return engine.beginBeside(options, abandoned);
  }

  @Override
  public String callerOr(Class<?> bridge, String other) {
    return Diagnostics.callerOr(bridge, other);
  }

  @Override
  public @Nullable RuntimeException abandonInside(ManualTransaction boundary) {
    return ((ManualBoundary) boundary).abandonInside();
  }

  @Override
  public @Nullable BridgedBoundary here() {
    Inside boundary = here.boundary();
    return boundary == null ? null : new Crossed(boundary);
  }

  // ---- tasks

  @Override
  public <R extends @Nullable Object, X extends Throwable> List<R> inParallel(
      Collection<? extends TransactionalCallable<? extends R, X>> tasks) throws X {
    Objects.requireNonNull(tasks, "tasks");
    List<Inside> shared = TaskBoundaries.sharedHere(setup, engine, "inParallel(..)");
    return tasks.isEmpty()
        ? List.of()
        : new Parallel<R, X>(setup.toString(), tasks, shared, false).all();
  }

  @Override
  public <X extends Throwable> void inParallel(Iterable<? extends TransactionalRunnable<X>> tasks)
      throws X {
    this.<@Nullable Void, X>inParallel(withoutResults(tasks));
  }

  @Override
  public <R extends @Nullable Object, X extends Throwable> R anyInParallel(
      Collection<? extends TransactionalCallable<? extends R, X>> tasks) throws X {
    if (Objects.requireNonNull(tasks, "tasks").isEmpty()) {
      throw new IllegalArgumentException("TXH-205 anyInParallel needs a task that may succeed");
    }
    List<Inside> shared = TaskBoundaries.sharedHere(setup, engine, "anyInParallel(..)");
    return new Parallel<R, X>(setup.toString(), tasks, shared, true).any();
  }

  @Override
  public <X extends Throwable> void anyInParallel(
      Iterable<? extends TransactionalRunnable<X>> tasks) throws X {
    this.<@Nullable Void, X>anyInParallel(withoutResults(tasks));
  }

  private static <X extends Throwable>
      List<TransactionalCallable<@Nullable Void, X>> withoutResults(
          Iterable<? extends TransactionalRunnable<X>> tasks) {
    List<TransactionalCallable<@Nullable Void, X>> all = new ArrayList<>();
    for (TransactionalRunnable<X> each : Objects.requireNonNull(tasks, "tasks")) {
      Objects.requireNonNull(each, "a task");
      all.add(
          () -> {
            each.run();
            return null;
          });
    }
    return all;
  }

  @Override
  public String describe() {
    return Description.of(setup);
  }

  @Override
  public <V> TransactionHost<V> viewedAs(ResourceView<? super T, V> view) {
    return view(view);
  }

  private <V> DefaultTransactionHost<V> view(ResourceView<? super T, V> view) {
    Facet<V> seen = new Facet.View<>(facet, Objects.requireNonNull(view, "view"));
    DefaultTransactionHost<V> shown = new DefaultTransactionHost<>(setup, engine, here, seen);
    attach(view, shown);
    return shown;
  }

  /** The view's S is captured: it takes this host as one of it. */
  private <S, V> void attach(ResourceView<S, V> view, TransactionHost<V> shown) {
    @SuppressWarnings("unchecked") // S is a supertype of T, and a view only takes resources out
    TransactionHost<? extends S> base = (TransactionHost<? extends S>) this;
    view.attached(shown, base);
  }

  @Override
  public String toString() {
    return setup.toString();
  }

  /** Builds an engine and its base host. */
  static final class HostBuilder<T> implements Builder<T> {
    private final TransactionAdapter<T> adapter;
    private final List<TransactionListener> listeners = new ArrayList<>();
    private String name = DEFAULT_NAME;
    private TransactionOptions defaults = TransactionOptions.defaults();
    private FallbackPolicy policy = FallbackPolicy.READ_ONLY;
    private boolean enabled = true;
    private final List<FailedResults.Rule<?>> failedResults = new ArrayList<>();
    private final List<BeginHook<? super T>> beginHooks = new ArrayList<>();

    HostBuilder(TransactionAdapter<T> adapter) {
      this.adapter = Objects.requireNonNull(adapter, "adapter");
    }

    @Override
    public Builder<T> name(String value) {
      if (Objects.requireNonNull(value, "name").isBlank()) {
        throw new IllegalArgumentException("A host's name is not blank");
      }
      name = value;
      return this;
    }

    @Override
    public Builder<T> defaultOptions(TransactionOptions options) {
      defaults = Objects.requireNonNull(options, "options");
      return this;
    }

    @Override
    public Builder<T> fallbackPolicy(FallbackPolicy value) {
      policy = Objects.requireNonNull(value, "policy");
      return this;
    }

    @Override
    public Builder<T> listener(TransactionListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    @Override
    public Builder<T> enabled(boolean value) {
      enabled = value;
      return this;
    }

    @Override
    public <R> Builder<T> rollbackIf(Class<R> type, Predicate<? super R> failed) {
      failedResults.add(
          new FailedResults.Rule<>(
              Objects.requireNonNull(type, "type"), Objects.requireNonNull(failed, "failed")));
      return this;
    }

    @Override
    public Builder<T> onBegin(BeginHook<? super T> hook) {
      beginHooks.add(Objects.requireNonNull(hook, "hook"));
      return this;
    }

    @Override
    public TransactionHost<T> build() {
      Carrier.refuseAbsent();
      BeginHooks<T> hooks = new BeginHooks<>(beginHooks);
      DefaultTransactionHost<T> built = open(adapter, hooks);
      hooks.of(built.facet);
      return built;
    }

    /** A pair of an adapter and a view is a host of the one, seen through the other. */
    private <A> DefaultTransactionHost<A> open(TransactionAdapter<A> opening, BeginHooks<T> hooks) {
      return opening instanceof ViewedAdapter<?, A> viewed
          ? shown(viewed, hooks)
          : base(opening, hooks);
    }

    private <S, A> DefaultTransactionHost<A> shown(
        ViewedAdapter<S, A> viewed, BeginHooks<T> hooks) {
      return open(viewed.base(), hooks).view(viewed.view());
    }

    private <A> DefaultTransactionHost<A> base(TransactionAdapter<A> opening, BeginHooks<T> hooks) {
      TransactionAdapter<A> used = enabled ? opening : new DisabledAdapter<>(opening);
      if (!hooks.isEmpty() && !used.tellsBegun()) {
        throw Refusals.cannotHook(opening);
      }
      DefaultTransactionHost<A> host = DefaultTransactionHost.base(setup(used, hooks), used);
      used.attached(host);
      return host;
    }

    private HostSetup setup(TransactionAdapter<?> used, BeginHooks<T> hooks) {
      return new HostSetup(
          name,
          used,
          defaults,
          policy,
          new Listeners(listeners),
          new FailedResults(failedResults),
          hooks);
    }
  }
}
