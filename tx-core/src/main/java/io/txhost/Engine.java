package io.txhost;

import io.txhost.context.Context;
import io.txhost.internal.Body;
import io.txhost.internal.Captured;
import io.txhost.internal.Carrier;
import io.txhost.internal.DetachedFrame;
import io.txhost.internal.Frame;
import io.txhost.spi.FailureKind;
import io.txhost.spi.TransactionAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Opens, joins, refuses and ends the boundaries of one host and its views. What to do is {@link
 * Step}'s to decide; here it is done.
 *
 * @param <S> what the adapter works with
 */
final class Engine<S> {
  private static final TransactionOptions JOINING =
      TransactionOptions.defaults().propagation(Propagation.REQUIRED);
  private static final String ONE_STATEMENT_NAME = "one statement outside";
  private static final TransactionOptions ONE_STATEMENT =
      TransactionOptions.defaults().name(ONE_STATEMENT_NAME);
  private static final Map<Propagation, TransactionOptions> BY_PROPAGATION = byPropagation();

  private final String name;
  private final TransactionAdapter<S> adapter;
  private final TransactionOptions defaults;
  private final FallbackPolicy policy;
  final Listeners listeners;
  private final FailedResults failedResults;
  private final BeginHooks<?> beginHooks;

  Engine(
      String name,
      TransactionAdapter<S> adapter,
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

  private static Map<Propagation, TransactionOptions> byPropagation() {
    Map<Propagation, TransactionOptions> options = new EnumMap<>(Propagation.class);
    for (Propagation propagation : Propagation.values()) {
      options.put(propagation, TransactionOptions.defaults().propagation(propagation));
    }
    return options;
  }

  /** Options that ask for nothing else, made once. */
  static TransactionOptions asking(Propagation propagation) {
    return Objects.requireNonNull(BY_PROPAGATION.get(propagation));
  }

  String name() {
    return name;
  }

  TransactionAdapter<S> adapter() {
    return adapter;
  }

  BeginHooks<?> beginHooks() {
    return beginHooks;
  }

  Listeners listeners() {
    return listeners;
  }

  // ---- what is active here

  /**
   * The nearest frame that says something of this host: a {@link Boundary} of it, or a {@link
   * DetachedFrame}.
   */
  @Nullable Frame nearest() {
    Frame frame = Carrier.current().boundary();
    return frame == null || (frame instanceof Boundary b && b.engine == this)
        ? frame
        : search(frame);
  }

  private @Nullable Frame search(Frame from) {
    Frame frame = from;
    while (frame != null) {
      if (frame instanceof DetachedFrame detached) {
        return detached.of(this) == null ? null : frame;
      }
      if (frame instanceof Boundary boundary && boundary.engine == this) {
        return frame;
      }
      frame = frame.outerBoundary();
    }
    return null;
  }

  private static Here here(@Nullable Frame nearest) {
    if (nearest instanceof Boundary boundary) {
      return boundary.here();
    }
    return nearest == null ? Here.NONE : Here.DETACHED;
  }

  /** The active transaction as the calling code sees it, or null. */
  @Nullable Boundary current() {
    listeners.refuseInside("currentTransaction()", this);
    return active();
  }

  /** The boundary of the active transaction, or null. */
  @Nullable Boundary active() {
    return nearest() instanceof Boundary b
            && b.transaction != null
            && !b.transaction.phase().isEnd()
        ? b
        : null;
  }

  /** A child counts what is held around its fork too: that waits for it. */
  int heldByThisThread() {
    int held = 0;
    ActiveTransaction counted = null;
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Boundary b
          && b.engine == this
          && b.transaction != null
          && b.transaction != counted) {
        counted = b.transaction;
        held += counted.isHolding() ? 1 : 0;
      }
    }
    return held;
  }

  <V> V tx(DefaultTransactionHost<V> host) {
    listeners.refuseInside("tx()", this);
    Frame nearest = nearest();
    if (nearest instanceof Boundary boundary && boundary.transaction != null) {
      return host.cast(inside(boundary, boundary.transaction, host));
    }
    refuseFallback("tx()", nearest, false);
    return host.outside();
  }

  /** What {@link #tx} gives where a transaction is active; else null. */
  @Nullable Object activeResource(String what, DefaultTransactionHost<?> host) {
    listeners.refuseInside(what, this);
    return nearest() instanceof Boundary boundary && boundary.transaction != null
        ? inside(boundary, boundary.transaction, host)
        : null;
  }

  private Object inside(
      Boundary boundary, ActiveTransaction transaction, DefaultTransactionHost<?> host) {
    Children.refuse("tx()", this, boundary);
    if (boundary.deadline != null && boundary.deadline.isPast()) {
      throw boundary.deadline.exceeded("tx() in " + boundary);
    }
    transaction.refuseEnded("tx()");
    return transaction.resource(host);
  }

  /** Refuses the use of the fallback on this thread that nobody permits here. */
  void refuseFallback(String what, boolean writes) {
    Frame nearest = nearest();
    if (!(nearest instanceof Boundary boundary && boundary.transaction != null)) {
      refuseFallback(what, nearest, writes);
    }
  }

  /** Refuses a use on this thread by what fell out of a transaction, whatever the policy. */
  void refuseFallenOut(String what) {
    Frame nearest = nearest();
    if (!(nearest instanceof Boundary boundary && boundary.transaction != null)) {
      refuseFallenOut(what, nearest, permitsFallback(nearest));
    }
  }

  private void refuseFallenOut(String what, @Nullable Frame nearest, boolean permittedHere) {
    if (nearest instanceof DetachedFrame detached) {
      throw Refusals.detached(what, this, detached);
    }
    Children.refuseForkUnderOverlay(what, this, permittedHere ? nearest : null);
  }

  private void refuseFallback(String what, @Nullable Frame nearest, boolean writes) {
    boolean permittedHere = permitsFallback(nearest);
    refuseFallenOut(what, nearest, permittedHere);
    if (nearest instanceof Boundary without) {
      refuseByItsOptions(what, without, writes);
    }
    if (!permittedHere) {
      refuseByPolicy(what, writes);
    }
  }

  /** What a boundary without a transaction was asked for holds, whoever permits the fallback. */
  private void refuseByItsOptions(String what, Boundary without, boolean writes) {
    if (without.deadline != null && without.deadline.isPast()) {
      throw without.deadline.exceededOutside(what + " in " + without);
    }
    if (writes && without.readOnlyFor != null) {
      throw Refusals.writeInReadOnly(what, this, without.readOnlyFor);
    }
  }

  /** When statements outside a transaction must be done on this thread, if ever. */
  @Nullable Deadline deadlineOutside() {
    return nearest() instanceof Boundary boundary && boundary.transaction == null
        ? boundary.deadline
        : null;
  }

  private void refuseByPolicy(String what, boolean writes) {
    boolean permitted =
        switch (policy) {
          case ALLOW -> true;
          case READ_ONLY -> !writes;
          case IN_CONTEXT -> Context.isActive();
          case DENY -> false;
        };
    if (!permitted) {
      throw policy == FallbackPolicy.READ_ONLY
          ? Refusals.writeOutside(what, this, Ineffective.methodHere(this))
          : Refusals.noFallback(what, this, policy);
    }
  }

  private static boolean permitsFallback(@Nullable Frame nearest) {
    return nearest instanceof Boundary boundary && boundary.kind == Boundary.Kind.WITHOUT;
  }

  // ---- work in a boundary

  <R extends @Nullable Object, X extends Throwable> R run(
      TransactionOptions asked, TransactionalCallable<? extends R, X> work) throws X {
    Frame nearest = nearest();
    Step step = decide(asked, nearest);
    if (step == Step.JOIN && bindsNothing(asked) && nearest instanceof Boundary boundary) {
      return join(boundary, asked, work);
    }
    return opening(step, asked, nearest, work);
  }

  /** A form of its own, since a join allocates nothing and a body turned into another would. */
  <X extends Throwable> void run(TransactionOptions asked, TransactionalRunnable<X> work) throws X {
    Frame nearest = nearest();
    Step step = decide(asked, nearest);
    if (step == Step.JOIN && bindsNothing(asked) && nearest instanceof Boundary boundary) {
      join(boundary, asked, work);
    } else {
      this.<@Nullable Void, X>opening(
          step,
          asked,
          nearest,
          () -> {
            work.run();
            return null;
          });
    }
  }

  /**
   * Whether joining needs no frame of its own, which is for its forks to find: they inherit neither
   * its time limit nor what was opened by hand around it.
   */
  private static boolean bindsNothing(TransactionOptions asked) {
    return asked.timeoutOrNull() == null && !Carrier.current().isInstalled();
  }

  private <R extends @Nullable Object, X extends Throwable> R opening(
      Step step,
      TransactionOptions asked,
      @Nullable Frame nearest,
      TransactionalCallable<? extends R, X> work)
      throws X {
    if (step == Step.PLAIN && !asksOutside(asked)) {
      return work.call();
    }
    if (step == Step.BEGIN) {
      return begin(asked, nearest, work);
    }
    return within(open(step, asked, nearest), work);
  }

  private Step decide(TransactionOptions asked, @Nullable Frame nearest) {
    listeners.refuseInside("A boundary", this);
    Propagation propagation = asked.propagationOrNull();
    Step step = Step.of(propagation == null ? defaults.propagation() : propagation, here(nearest));
    switch (step) {
      case JOIN, NEST -> checkJoin(step, asked, nearest);
      case BEGIN -> {
        // whatever is asked for can be had
      }
      case WITHOUT, PLAIN -> checkWithout(asked);
      case REFUSE_NONE_ACTIVE -> throw Refusals.noneActive(nameOf(asked), this, nearest);
      case REFUSE_ACTIVE -> throw Refusals.active(nameOf(asked), this, nearest);
      case REFUSE_MARKED -> throw Refusals.marked(nameOf(asked), this, nearest);
      case REFUSE_DETACHED -> throw Refusals.detached(nameOf(asked), this, nearest);
    }
    return step;
  }

  /** A joiner asks only for what was set on it: the host's defaults are for those that begin. */
  private void checkJoin(Step step, TransactionOptions asked, @Nullable Frame nearest) {
    if (!(nearest instanceof Boundary boundary) || boundary.transaction == null) {
      throw new IllegalStateException(step + " at " + nearest);
    }
    if (!boundary.transaction.isOwnedByThisThread()) { // a name is made only where it is needed
      Children.refuse(nameOf(asked), this, boundary);
    }
    if (boundary.transaction.phase().isEnd()) {
      boundary.transaction.refuseEnded(nameOf(asked));
    }
    refuseRetry(asked, "does not begin the transaction it runs in");
    Isolation isolation = asked.isolation();
    if (isolation != Isolation.DEFAULT
        && !Isolations.satisfies(boundary.isolation(), adapter.effective(isolation))) {
      throw Refusals.isolation(nameOf(asked), isolation, boundary);
    }
  }

  /** As a joiner it asks only for what was set on it. */
  private void checkWithout(TransactionOptions asked) {
    refuseRetry(asked, "runs without a transaction");
    if (asked.isolation() != Isolation.DEFAULT) {
      throw Refusals.isolationOutside(nameOf(asked), asked.isolation());
    }
  }

  /** Whether something is asked that holds without a transaction, too. */
  private static boolean asksOutside(TransactionOptions asked) {
    return asked.timeoutOrNull() != null || asked.readOnly();
  }

  private void refuseRetry(TransactionOptions asked, String why) {
    if (asked.attempts() > 1) {
      throw Refusals.retry(nameOf(asked), why);
    }
  }

  /**
   * The name that was given; else with diagnostics on the calling method, and otherwise the host.
   */
  String nameOf(TransactionOptions asked) {
    String given = asked.nameOrNull();
    return given == null ? Diagnostics.callerOr(name) : given;
  }

  // ---- join: binds nothing, allocates nothing, but see bindsNothing

  private <R extends @Nullable Object, X extends Throwable> R join(
      Boundary boundary, TransactionOptions asked, TransactionalCallable<? extends R, X> work)
      throws X {
    Block block = blockOf(boundary);
    tellJoined(boundary, asked);
    try {
      R result = work.call();
      if (!failedResults.isEmpty()) {
        judgeJoined(block, asked, result);
      }
      return result;
    } catch (Throwable failure) {
      joinFailed(boundary, nameOf(asked), asked.over(defaults), failure);
      throw failure;
    } finally {
      joinerEnded(block, asked);
    }
  }

  /** Marks, whatever the joiner's rules except, where the predicate cannot tell. */
  private void judgeJoined(Block block, TransactionOptions asked, @Nullable Object result) {
    try {
      if (failedResults.include(result)) {
        block.joinerReturnedFailure(nameOf(asked));
      }
    } catch (Throwable undecided) {
      block.joinerFailed(nameOf(asked), undecided);
      throw undecided;
    }
  }

  /** A name is made only for a mark. */
  private void joinerEnded(Block block, TransactionOptions asked) {
    if (block.isMarked()) {
      block.joinerEnded(nameOf(asked));
    }
  }

  private <X extends Throwable> void join(
      Boundary boundary, TransactionOptions asked, TransactionalRunnable<X> work) throws X {
    Block block = blockOf(boundary);
    tellJoined(boundary, asked);
    try {
      work.run();
    } catch (Throwable failure) {
      joinFailed(boundary, nameOf(asked), asked.over(defaults), failure);
      throw failure;
    } finally {
      joinerEnded(block, asked);
    }
  }

  private void tellJoined(Boundary boundary, TransactionOptions asked) {
    if (!listeners.isEmpty()) {
      ActiveTransaction transaction = transactionOf(boundary);
      listeners.tell(listener -> listener.joined(transaction, nameOf(asked)));
    }
  }

  /** Marks, unless the joiner's rules except the failure. */
  private static void joinFailed(
      Boundary boundary, String joiner, TransactionOptions options, Throwable failure) {
    if (options.rollsBackOn(failure)) {
      ActiveTransaction transaction = transactionOf(boundary);
      Ending.suppressTimeout(transaction, boundary.deadline, failure);
      Throwable lost = transaction.lostCause();
      blockOf(boundary).joinerFailed(joiner, lost == null ? failure : lost);
    }
  }

  // ---- begin, with retry

  private <R extends @Nullable Object, X extends Throwable> R begin(
      TransactionOptions asked, @Nullable Frame nearest, TransactionalCallable<? extends R, X> work)
      throws X {
    TransactionOptions options = asked.over(defaults);
    Deadline deadline = deadline(options, nearest);
    RetryPolicy retry = options.retryOrNull();
    if (retry == null || retry.attempts() == 1) {
      return within(transaction(options, nearest, deadline), work);
    }
    return retrying(retry, options, nearest, deadline, work);
  }

  private <R extends @Nullable Object, X extends Throwable> R retrying(
      RetryPolicy retry,
      TransactionOptions options,
      @Nullable Frame nearest,
      @Nullable Deadline deadline,
      TransactionalCallable<? extends R, X> work)
      throws X {
    List<Throwable> earlier = new ArrayList<>();
    try {
      for (int attempt = 1; ; attempt++) {
        Boundary boundary = transaction(options, nearest, deadline);
        try {
          return within(boundary, work);
        } catch (Throwable failure) {
          if (!mayRepeat(retry, attempt, boundary, deadline, failure)) {
            throw failure;
          }
          earlier.add(failure);
        }
      }
    } catch (Throwable last) {
      earlier.forEach(one -> suppress(last, one));
      throw last;
    }
  }

  private boolean mayRepeat(
      RetryPolicy retry,
      int attempt,
      Boundary boundary,
      @Nullable Deadline deadline,
      Throwable failure) {
    ActiveTransaction transaction = boundary.transaction;
    if (attempt >= retry.attempts()
        || transaction == null
        || transaction.phase() != Phase.ROLLED_BACK
        || !isRepeatable(retry, failure)) {
      return false;
    }
    Duration delay = retry.delayAfter(attempt, ThreadLocalRandom.current());
    if (deadline != null && deadline.remaining().compareTo(delay) <= 0) {
      return false;
    }
    int failed = attempt;
    EndingLog.retried(transaction, failed, retry.attempts(), delay, failure);
    listeners.tell(listener -> listener.retried(transaction, failed, delay, failure));
    return pause(delay);
  }

  private boolean isRepeatable(RetryPolicy retry, Throwable failure) {
    return !Refusals.isNeverRepeated(failure) && (retry.asksFor(failure) || isTransient(failure));
  }

  private boolean isTransient(Throwable failure) {
    try {
      return adapter.classify(failure) == FailureKind.TRANSIENT;
    } catch (Throwable beside) {
      // what failed the work is what is thrown, not what failed to look at it
      suppress(failure, beside);
      return false;
    }
  }

  /** False if interrupted: then the failure at hand is reported, and the flag survives. */
  private static boolean pause(Duration delay) {
    try {
      Thread.sleep(delay.toMillis(), delay.toNanosPart() % 1_000_000);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  // ---- open and end

  private Boundary transaction(
      TransactionOptions options, @Nullable Frame nearest, @Nullable Deadline deadline) {
    String transactionName = nameOf(options);
    ActiveTransaction transaction = new ActiveTransaction(this, options, transactionName, deadline);
    setAside(nearest);
    return beginning(transaction);
  }

  private Boundary beginning(ActiveTransaction transaction) {
    Boundary boundary =
        Boundary.beginning(this, Carrier.current(), transaction.options, transaction);
    transaction.boundary = boundary;
    listeners.tell(listener -> listener.began(transaction));
    return boundary;
  }

  /** For one statement outside, if hooks must come before that; else null. */
  <V> @Nullable OutsideTransaction<V> shortTransaction(DefaultTransactionHost<V> base) {
    if (beginHooks.isEmpty()) {
      return null;
    }
    ActiveTransaction transaction =
        new ActiveTransaction(this, ONE_STATEMENT, ONE_STATEMENT_NAME, deadlineOutside());
    return new OutsideTransaction<>(base, transaction, beginning(transaction));
  }

  private void setAside(@Nullable Frame nearest) {
    if (nearest instanceof Boundary outer && outer.transaction != null) {
      ActiveTransaction aside = outer.transaction;
      listeners.tell(listener -> listener.setAside(aside));
    }
  }

  private Boundary open(Step step, TransactionOptions asked, @Nullable Frame nearest) {
    return switch (step) {
      case BEGIN -> {
        TransactionOptions options = asked.over(defaults);
        yield transaction(options, nearest, deadline(options, nearest));
      }
      case NEST -> block(asked, nearest);
      case JOIN -> joined(asked, nearest);
      case WITHOUT -> {
        setAside(nearest);
        yield without(Boundary.Kind.WITHOUT, asked, nearest);
      }
      case PLAIN -> {
        // inside one that permits the fallback it must not hide the permission, nor make it a
        // fork's
        boolean isPermitted = permitsFallback(nearest) && !Carrier.forkedUnderOverlay(nearest);
        yield without(isPermitted ? Boundary.Kind.WITHOUT : Boundary.Kind.PLAIN, asked, nearest);
      }
      case REFUSE_NONE_ACTIVE, REFUSE_ACTIVE, REFUSE_MARKED, REFUSE_DETACHED ->
          throw new IllegalStateException(step + " was not refused");
    };
  }

  private Boundary without(Boundary.Kind kind, TransactionOptions asked, @Nullable Frame nearest) {
    String boundaryName = nameOf(asked);
    return without(kind, asked, boundaryName, Carrier.current().context(), nearest);
  }

  /** For hooks that run after the end: as under withoutTransaction, in the outer context. */
  Boundary withoutForHooks(String boundaryName, @Nullable Object context) {
    return without(
        Boundary.Kind.WITHOUT, TransactionOptions.defaults(), boundaryName, context, nearest());
  }

  /** What holds around it without a transaction holds inside, too: nothing asked here lifts it. */
  private Boundary without(
      Boundary.Kind kind,
      TransactionOptions asked,
      String boundaryName,
      @Nullable Object context,
      @Nullable Frame nearest) {
    String around = nearest instanceof Boundary b && b.transaction == null ? b.readOnlyFor : null;
    return Boundary.without(
        kind,
        this,
        Carrier.current(),
        context,
        boundaryName,
        deadline(asked, nearest),
        around == null && asked.readOnly() ? boundaryName : around);
  }

  /**
   * Of what is entered here and does not join: its own, or the one that holds here without a
   * transaction if that comes first. A transaction that is set aside keeps its to itself.
   */
  private @Nullable Deadline deadline(TransactionOptions options, @Nullable Frame nearest) {
    Deadline own = ownDeadline(options);
    return nearest instanceof Boundary around && around.transaction == null
        ? Deadline.sooner(around.deadline, own)
        : own;
  }

  private @Nullable Deadline ownDeadline(TransactionOptions options) {
    Duration timeout = options.timeoutOrNull();
    return timeout == null ? null : Deadline.after(timeout, nameOf(options));
  }

  private Boundary block(TransactionOptions asked, @Nullable Frame nearest) {
    Boundary outer = boundaryOf(nearest);
    ActiveTransaction transaction = transactionOf(outer);
    String blockName = nameOf(asked);
    Deadline own = ownDeadline(asked);
    Block block = transaction.open(blockName, outer, Deadline.sooner(outer.deadline, own));
    listeners.tell(listener -> listener.savepoint(transaction, blockName));
    return Boundary.inside(
        outer, Boundary.Kind.BLOCK, Carrier.current(), blockName, asked.over(defaults), block, own);
  }

  private Boundary joined(TransactionOptions asked, @Nullable Frame nearest) {
    Boundary outer = boundaryOf(nearest);
    tellJoined(outer, asked);
    return Boundary.inside(
        outer,
        Boundary.Kind.JOIN,
        Carrier.current(),
        nameOf(asked),
        asked.over(defaults),
        blockOf(outer),
        ownDeadline(asked));
  }

  // ---- in parallel

  <R extends @Nullable Object, X extends Throwable> List<R> inParallel(
      Collection<? extends TransactionalCallable<? extends R, X>> tasks) throws X {
    List<Boundary> shared = sharedHere("inParallel(..)");
    return tasks.isEmpty() ? List.of() : new Parallel<R, X>(toString(), tasks, shared, false).all();
  }

  <R extends @Nullable Object, X extends Throwable> R anyInParallel(
      Collection<? extends TransactionalCallable<? extends R, X>> tasks) throws X {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("TXH-205 anyInParallel needs a task that may succeed");
    }
    List<Boundary> shared = sharedHere("anyInParallel(..)");
    return new Parallel<R, X>(toString(), tasks, shared, true).any();
  }

  /**
   * The boundaries of the transactions that tasks share, this host's first if it has one: a task is
   * a child in those of other hosts too, and cancelled and given up there as well. One that this
   * thread may not use is none that its tasks share; they are refused there as it is.
   */
  private List<Boundary> sharedHere(String what) {
    listeners.refuseInside(what, this);
    List<Boundary> shared = new ArrayList<>(1);
    if (nearest() instanceof Boundary own && own.transaction != null) {
      decide(JOINING.name(what), own);
      if (!own.transaction.isSharable()) {
        throw Refusals.child(what, this, own, own.transaction);
      }
      shared.add(own);
    }
    for (Engine<?> other : enginesHere()) {
      Boundary active = other == this ? null : other.active();
      if (active != null
          && active.transaction != null
          && active.transaction.isSharable()
          && !Carrier.forkedUnderOverlay(active)) {
        shared.add(active);
      }
    }
    return shared;
  }

  private static Set<Engine<?>> enginesHere() {
    Set<Engine<?>> engines = new LinkedHashSet<>();
    for (Frame f = Carrier.current().boundary(); f != null; f = f.outerBoundary()) {
      if (f instanceof Boundary boundary) {
        engines.add(boundary.engine);
      }
    }
    return engines;
  }

  /** Runs a task as a boundary that has joined each of the transactions. */
  static <R extends @Nullable Object, X extends Throwable> R joining(
      List<Boundary> shared,
      Parallel<?, ?> parallel,
      int task,
      TransactionalCallable<? extends R, X> work)
      throws X {
    if (shared.isEmpty()) {
      return work.call();
    }
    Boundary outer = shared.get(0);
    TransactionOptions asked = JOINING.name(parallel.nameOf(task));
    Boundary joined = outer.engine.joined(asked, outer);
    joined.parallel = parallel;
    return outer.engine.<R, X>within(
        joined, () -> Engine.<R, X>joining(shared.subList(1, shared.size()), parallel, task, work));
  }

  /**
   * Runs a task of a race: what it marks and registers is its own until it has won. What a loser
   * has written cannot be told from what the winner has: then nothing is kept.
   */
  static <R extends @Nullable Object, X extends Throwable> R racing(
      List<Boundary> shared,
      Parallel<?, ?> race,
      int task,
      TransactionalCallable<? extends R, X> work)
      throws X {
    List<Boundary> racing = new ArrayList<>(shared.size());
    boolean won = false;
    Throwable failure = null;
    try {
      R result = Engine.<R, X>bindingEach(shared, racing, race, task, work);
      won = race.wins(task);
      return result;
    } catch (Throwable thrown) {
      failure = thrown;
      throw thrown;
    } finally {
      for (Boundary each : racing) {
        settle(each, won, task, failure);
      }
    }
  }

  /**
   * @param racing what was bound so far, outermost first
   */
  private static <R extends @Nullable Object, X extends Throwable> R bindingEach(
      List<Boundary> shared,
      List<Boundary> racing,
      Parallel<?, ?> race,
      int task,
      TransactionalCallable<? extends R, X> work)
      throws X {
    if (racing.size() == shared.size()) {
      return work.call();
    }
    Boundary outer = shared.get(racing.size());
    TransactionOptions asked = JOINING.name(race.nameOf(task));
    Block own = new Block(race.nameOf(task), null, blockOf(outer));
    Boundary bound =
        Boundary.inside(outer, Boundary.Kind.JOIN, Carrier.current(), own.name, asked, own, null);
    bound.parallel = race;
    racing.add(bound);
    bound.engine.tellJoined(bound, asked);
    R result =
        Carrier.<R, X>call(bound, () -> Engine.<R, X>bindingEach(shared, racing, race, task, work));
    if (bound.engine.failedResults.include(result)) {
      own.joinerReturnedFailure(own.name);
    }
    if (own.isMarked()) {
      throw Ending.unexpected(bound.toString(), transactionOf(bound), own);
    }
    return result;
  }

  private static void settle(Boundary racing, boolean won, int task, @Nullable Throwable failure) {
    Block own = blockOf(racing);
    Block outer = Objects.requireNonNull(own.outer);
    own.end();
    if (!won) {
      transactionOf(racing).hooks.undone(own);
    }
    if (own.hasWritten() && won) {
      outer.wrote();
    } else if (own.hasWritten()) {
      Parallel<?, ?> race = Objects.requireNonNull(racing.parallel);
      outer.joinerFailed(own.name, Refusals.lostAfterWriting(task, race, failure));
    }
  }

  private static Boundary boundaryOf(@Nullable Frame frame) {
    if (frame instanceof Boundary boundary) {
      return boundary;
    }
    throw new IllegalStateException("no boundary at " + frame);
  }

  private static ActiveTransaction transactionOf(@Nullable Frame frame) {
    if (frame instanceof Boundary boundary && boundary.transaction != null) {
      return boundary.transaction;
    }
    throw new IllegalStateException("no transaction at " + frame);
  }

  private static Block blockOf(@Nullable Frame frame) {
    if (frame instanceof Boundary boundary && boundary.block != null) {
      return boundary.block;
    }
    throw new IllegalStateException("no block at " + frame);
  }

  private <R extends @Nullable Object, X extends Throwable> R within(
      Boundary boundary, TransactionalCallable<? extends R, X> work) throws X {
    try {
      R result;
      try {
        result = Carrier.<R, X>call(boundary, body(boundary, work));
      } catch (Throwable failure) {
        fail(boundary, failure);
        throw failure;
      }
      if (boundary.mustBeUndone) {
        Ending.undoForResult(boundary);
      } else {
        finish(boundary);
      }
      return result;
    } finally {
      after(boundary);
    }
  }

  private <R extends @Nullable Object, X extends Throwable> Body<R, X> body(
      Boundary boundary, TransactionalCallable<? extends R, X> work) {
    if (failedResults.isEmpty() || boundary.transaction == null) {
      return work::call;
    }
    return () -> {
      R result = work.call();
      judge(boundary, result);
      return result;
    };
  }

  /** Inside the boundary: a result may be one that is worked out when it is looked at. */
  private void judge(Boundary boundary, @Nullable Object result) {
    boolean hasFailed = true; // also where the predicate cannot tell
    try {
      hasFailed = failedResults.include(result);
    } finally {
      boundary.mustBeUndone = hasFailed;
    }
  }

  /** Runs a hook with the boundary's frame current. */
  static <X extends Throwable> void bound(Boundary boundary, TransactionalRunnable<X> hook)
      throws X {
    Carrier.<@Nullable Void, X>call(
        boundary,
        () -> {
          hook.run();
          return null;
        });
  }

  ManualBoundary begin(TransactionOptions asked) {
    if (asked.attempts() > 1) {
      throw new IllegalArgumentException(
          "TXH-203 begin() cannot retry: there is no body to run again. Use withTransaction.");
    }
    Frame nearest = nearest();
    Boundary boundary = open(decide(asked, nearest), asked, nearest);
    ManualBoundary manual = new ManualBoundary(this, boundary);
    boundary.manual = manual;
    boundary.openedAt = Diagnostics.here(boundary);
    Carrier.install(boundary);
    return manual;
  }

  /** Ends a boundary whose work returned normally. */
  void finish(Boundary boundary) {
    switch (boundary.kind) {
      case TRANSACTION -> Ending.finishTransaction(boundary);
      case BLOCK -> Ending.finishBlock(boundary);
      case JOIN -> finishJoin(boundary);
      case WITHOUT, PLAIN -> {
        // nothing was opened
      }
    }
  }

  /**
   * A shorter deadline of its own that has passed is the joiner's failure, as a beginner's is at
   * its commit.
   */
  private static void finishJoin(Boundary boundary) {
    Deadline own = boundary.deadline;
    if (own != boundary.outerDeadline && own != null && own.isPast()) {
      TransactionTimedOutException late = own.exceeded("Joining " + boundary.transaction);
      blockOf(boundary).joinerFailed(boundary.name, late);
      throw late;
    }
  }

  /** Undoes a boundary because its own code asked for it. */
  void undo(Boundary boundary) {
    switch (boundary.kind) {
      case TRANSACTION -> transactionOf(boundary).rollback();
      case BLOCK -> Ending.undoBlockQuietly(boundary);
      case JOIN -> blockOf(boundary).markRollbackOnly();
      case WITHOUT, PLAIN -> {
        // nothing was opened
      }
    }
  }

  /**
   * Ends a boundary whose work failed. Returns normally if the failure is to be thrown; what goes
   * wrong meanwhile is suppressed in it.
   */
  void fail(Boundary boundary, Throwable failure) {
    if (boundary.transaction == null) {
      return;
    }
    if (!boundary.mustBeUndone && !boundary.asked.rollsBackOn(failure)) {
      finishDespite(boundary, failure);
      return;
    }
    switch (boundary.kind) {
      case TRANSACTION -> Ending.undoTransaction(boundary, failure);
      case BLOCK -> Ending.undoBlock(boundary, failure);
      case JOIN -> {
        if (boundary.mustBeUndone) {
          blockOf(boundary).joinerFailed(boundary.name, failure);
        }
        joinFailed(boundary, boundary.name, boundary.asked, failure);
      }
      case WITHOUT, PLAIN -> throw new IllegalStateException(boundary + " has a transaction");
    }
  }

  private void finishDespite(Boundary boundary, Throwable failure) {
    try {
      finish(boundary);
    } catch (Throwable ours) {
      suppress(ours, failure);
      throw ours;
    }
  }

  /** Ends what an Error, a stack overflow say, has kept from its end. No hook runs. */
  void endAnyhow(Boundary boundary, Throwable failure) {
    if (boundary.kind == Boundary.Kind.TRANSACTION && !transactionOf(boundary).phase().isEnd()) {
      Ending.rollbackSuppressing(transactionOf(boundary), failure);
    } else if (boundary.kind == Boundary.Kind.BLOCK && !blockOf(boundary).hasEnded()) {
      Ending.undoBlock(boundary, failure);
      blockOf(boundary).end();
    }
  }

  /** What comes after the end, whatever it was. The boundary's frame is no longer current. */
  void after(Boundary boundary) {
    switch (boundary.kind) {
      case TRANSACTION -> Ending.afterTransaction(boundary);
      case BLOCK -> blockOf(boundary).end();
      case JOIN -> blockOf(boundary).joinerEnded(boundary.name);
      case WITHOUT, PLAIN -> {
        // nothing was opened
      }
    }
    if (boundary.kind == Boundary.Kind.TRANSACTION || boundary.kind == Boundary.Kind.WITHOUT) {
      resumed();
    }
  }

  private void resumed() {
    if (!listeners.isEmpty() && nearest() instanceof Boundary outer && outer.transaction != null) {
      ActiveTransaction aside = outer.transaction;
      listeners.tell(listener -> listener.resumed(aside));
    }
  }

  /** Adds what went wrong beside to what is thrown; a failure cannot be suppressed in itself. */
  static void suppress(Throwable thrown, Throwable beside) {
    if (thrown != beside) {
      thrown.addSuppressed(beside);
    }
  }

  @Nullable Captured captured(@Nullable Frame nearest) {
    return nearest instanceof DetachedFrame detached ? detached.of(this) : null;
  }

  @Override
  public String toString() {
    return "host '" + name + "'";
  }
}
