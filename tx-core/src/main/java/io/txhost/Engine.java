package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides, opens and binds the boundaries of one host and its views. What to do is {@link Step}'s
 * to decide; how a boundary ends is its own.
 */
final class Engine {
  private static final Map<Propagation, TransactionOptions> BY_PROPAGATION = byPropagation();

  private final HostSetup host;
  private final TransactionOptions defaults;
  private final Listeners listeners;
  private final FailedResults failedResults;

  /** Whether a boundary joins that does not say what it does about an active transaction. */
  private final boolean defaultsJoin;

  Engine(HostSetup host) {
    this.host = host;
    this.defaults = host.defaults;
    this.listeners = host.listeners;
    this.failedResults = host.failedResults;
    this.defaultsJoin = Step.joins(host.defaults.propagation());
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

  // ---- work in a boundary

  <R extends @Nullable Object, X extends Throwable> R run(
      TransactionOptions asked, TransactionalCallable<? extends R, X> work) throws X {
    Frame current = Carrier.current();
    Frame nearest = Lookup.nearest(host, current);
    if (nearest instanceof Inside active && joinsAtOnce(asked, active, current)) {
      return join(active, asked, work);
    }
    Step step = decide(asked, nearest);
    if (step == Step.JOIN && bindsNothing(asked, current)) {
      return join((Inside) Objects.requireNonNull(nearest), asked, work);
    }
    return opening(step, asked, nearest, work);
  }

  /** A form of its own, since a join allocates nothing and a body turned into another would. */
  <X extends Throwable> void run(TransactionOptions asked, TransactionalRunnable<X> work) throws X {
    Frame current = Carrier.current();
    Frame nearest = Lookup.nearest(host, current);
    if (nearest instanceof Inside active && joinsAtOnce(asked, active, current)) {
      join(active, asked, work);
      return;
    }
    Step step = decide(asked, nearest);
    if (step == Step.JOIN && bindsNothing(asked, current)) {
      join((Inside) Objects.requireNonNull(nearest), asked, work);
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
  private static boolean bindsNothing(TransactionOptions asked, Frame current) {
    return asked.timeoutOrNull() == null && !current.isInstalled();
  }

  /**
   * Whether it joins, binds nothing and asks for nothing that could be refused: what {@link
   * #decide} finds too, in fewer steps.
   */
  private boolean joinsAtOnce(TransactionOptions asked, Inside active, Frame current) {
    return asked.asksOnlyToJoin()
        && (defaultsJoin || asked.propagationOrNull() != null)
        && !listeners.areTold()
        && !current.isInstalled()
        && active.isReadyForThisThread();
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
    return Engine.<R, X>within(open(step, asked, nearest), work);
  }

  private <R extends @Nullable Object, X extends Throwable> R begin(
      TransactionOptions asked, @Nullable Frame nearest, TransactionalCallable<? extends R, X> work)
      throws X {
    TransactionOptions options = asked.over(defaults);
    Deadline deadline = Outside.deadline(host, options, nearest);
    return options.attempts() == 1
        ? Engine.<R, X>within(Begun.begin(host, options, nearest, deadline), work)
        : new Retrying(host, options, nearest, deadline).<R, X>run(work);
  }

  ManualBoundary begin(TransactionOptions asked) {
    return ManualBeside.install(openByHand(asked));
  }

  /** Opens one that the bridge is not told of, since the bridge has asked for it. */
  ManualBoundary beginBeside(TransactionOptions asked, @Nullable Runnable abandoned) {
    return new ManualBeside(openByHand(asked), null, abandoned).install();
  }

  private Boundary openByHand(TransactionOptions asked) {
    if (asked.attempts() > 1) {
      throw new IllegalArgumentException(
          "TXH-203 begin() cannot retry: there is no body to run again. Use withTransaction.");
    }
    Frame nearest = Lookup.nearest(host);
    return open(decide(asked, nearest), asked, nearest);
  }

  /** Runs the work in a boundary that was opened for it, and ends that. */
  static <R extends @Nullable Object, X extends Throwable> R within(
      Boundary boundary, TransactionalCallable<? extends R, X> work) throws X {
    Crossed crossed = Crossed.open(boundary);
    return crossed == null ? Engine.<R, X>alone(boundary, work) : crossed.<R, X>within(work);
  }

  private static <R extends @Nullable Object, X extends Throwable> R alone(
      Boundary boundary, TransactionalCallable<? extends R, X> work) throws X {
    try {
      R result;
      try {
        result = Engine.<R, X>called(boundary, work);
      } catch (Throwable failure) {
        boundary.fail(failure);
        throw failure;
      }
      boundary.finish();
      return result;
    } finally {
      boundary.after();
    }
  }

  static <R extends @Nullable Object, X extends Throwable> R called(
      Boundary boundary, TransactionalCallable<? extends R, X> work) throws X {
    if (boundary instanceof Inside inside && !boundary.host.failedResults.isEmpty()) {
      return Carrier.<R, X>call(boundary, () -> Engine.<R, X>judged(inside, work));
    }
    return Carrier.<TransactionalCallable<? extends R, X>, R, X>call(
        boundary, work, TransactionalCallable::call);
  }

  private static <R extends @Nullable Object, X extends Throwable> R judged(
      Inside inside, TransactionalCallable<? extends R, X> work) throws X {
    R result = work.call();
    inside.judge(result);
    return result;
  }

  // ---- decide

  /** What to do about the boundary, if it is not refused. */
  Step decide(TransactionOptions asked, @Nullable Frame nearest) {
    listeners.refuseInside("A boundary", host);
    Propagation propagation = asked.propagationOrNull();
    Step step =
        Step.of(propagation == null ? defaults.propagation() : propagation, Lookup.found(nearest));
    switch (step) {
      case JOIN, NEST -> checkJoin(asked, (Inside) Objects.requireNonNull(nearest));
      case BEGIN -> {
        // whatever is asked for can be had
      }
      case WITHOUT, PLAIN -> checkWithout(asked);
      case REFUSE_NONE_ACTIVE, REFUSE_ACTIVE, REFUSE_MARKED, REFUSE_DETACHED ->
          throw refusal(step, host.nameOf(asked), nearest);
    }
    return step;
  }

  private TransactionException refusal(Step step, String asked, @Nullable Frame nearest) {
    return switch (step) {
      case REFUSE_NONE_ACTIVE -> Refusals.noneActive(asked, host, Lookup.captured(host, nearest));
      case REFUSE_DETACHED -> DetachedUses.refused(asked, host, Lookup.captured(host, nearest));
      case REFUSE_ACTIVE -> Refusals.active(asked, host, shown(nearest));
      case REFUSE_MARKED -> marked(asked, (Inside) Objects.requireNonNull(nearest));
      case BEGIN, JOIN, NEST, WITHOUT, PLAIN ->
          throw new IllegalStateException(step + " is not refused");
    };
  }

  private static String shown(@Nullable Frame nearest) {
    return Objects.requireNonNull(nearest).shown();
  }

  private TransactionException marked(String asked, Inside nearest) {
    return Refusals.marked(asked, host, nearest.shown(), nearest.doom(), nearest.firstFailure());
  }

  /** A joiner asks only for what was set on it: the host's defaults are for those that begin. */
  private void checkJoin(TransactionOptions asked, Inside nearest) {
    ActiveTransaction transaction = nearest.transaction;
    if (!transaction.isOwnedByThisThread()) { // a name is made only where it is needed
      nearest.refuseToChild(host.nameOf(asked));
    }
    if (transaction.isOver()) {
      transaction.refuseEnded(host.nameOf(asked));
    }
    refuseRetry(asked, "does not begin the transaction it runs in");
    Isolation isolation = asked.isolation();
    if (isolation != Isolation.DEFAULT
        && !Isolations.satisfies(transaction.isolation(), host.adapter.effective(isolation))) {
      throw Refusals.isolation(
          host.nameOf(asked), isolation, nearest.shown(), transaction.isolation());
    }
  }

  /** As a joiner it asks only for what was set on it. */
  private void checkWithout(TransactionOptions asked) {
    refuseRetry(asked, "runs without a transaction");
    if (asked.isolation() != Isolation.DEFAULT) {
      throw Refusals.isolationOutside(host.nameOf(asked), asked.isolation());
    }
  }

  /** Whether something is asked that holds without a transaction, too. */
  private static boolean asksOutside(TransactionOptions asked) {
    return asked.timeoutOrNull() != null || asked.readOnly();
  }

  private void refuseRetry(TransactionOptions asked, String why) {
    if (asked.attempts() > 1) {
      throw Refusals.retry(host.nameOf(asked), why);
    }
  }

  // ---- join: binds nothing, allocates nothing, but see bindsNothing

  private <R extends @Nullable Object, X extends Throwable> R join(
      Inside boundary, TransactionOptions asked, TransactionalCallable<? extends R, X> work)
      throws X {
    Block block = boundary.block();
    tellJoined(boundary, asked);
    try {
      R result = work.call();
      if (!failedResults.isEmpty()) {
        judgeJoined(block, asked, result);
      }
      return result;
    } catch (Throwable failure) {
      boundary.joinerFailed(host.nameOf(asked), asked, failure);
      throw failure;
    } finally {
      block.joinerEnded(asked);
    }
  }

  /** Marks, whatever the joiner's rules except, where the predicate cannot tell. */
  private void judgeJoined(Block block, TransactionOptions asked, @Nullable Object result) {
    try {
      if (failedResults.include(result)) {
        block.joinerReturnedFailure(host.nameOf(asked));
      }
    } catch (Throwable undecided) {
      block.joinerFailed(host.nameOf(asked), undecided);
      throw undecided;
    }
  }

  private <X extends Throwable> void join(
      Inside boundary, TransactionOptions asked, TransactionalRunnable<X> work) throws X {
    Block block = boundary.block();
    tellJoined(boundary, asked);
    try {
      work.run();
    } catch (Throwable failure) {
      boundary.joinerFailed(host.nameOf(asked), asked, failure);
      throw failure;
    } finally {
      block.joinerEnded(asked);
    }
  }

  private void tellJoined(Inside boundary, TransactionOptions asked) {
    if (boundary.transaction.isObserved()) {
      boundary.tellJoined(asked);
    }
  }

  // ---- open

  private Boundary open(Step step, TransactionOptions asked, @Nullable Frame nearest) {
    return switch (step) {
      case BEGIN -> {
        TransactionOptions options = asked.over(defaults);
        yield Begun.begin(host, options, nearest, Outside.deadline(host, options, nearest));
      }
      case NEST -> Nested.open((Inside) Objects.requireNonNull(nearest), asked);
      case JOIN -> Joined.open((Inside) Objects.requireNonNull(nearest), asked, null);
      case WITHOUT -> {
        SetAside.by(nearest);
        yield without(asked, nearest, true);
      }
      case PLAIN -> {
        // inside one that permits the fallback it must not hide the permission, nor make it a
        // fork's
        boolean isPermitted =
            Lookup.permitsFallback(nearest) && !Carrier.forkedUnderOverlay(nearest);
        yield without(asked, nearest, isPermitted);
      }
      case REFUSE_NONE_ACTIVE, REFUSE_ACTIVE, REFUSE_MARKED, REFUSE_DETACHED ->
          throw new IllegalStateException(step + " was not refused");
    };
  }

  private Outside without(
      TransactionOptions asked, @Nullable Frame nearest, boolean permitsFallback) {
    return Outside.open(host, asked, nearest, Carrier.current().context(), permitsFallback);
  }

  @Override
  public String toString() {
    return host.toString();
  }
}
