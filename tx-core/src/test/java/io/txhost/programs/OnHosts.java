package io.txhost.programs;

import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.FallbackPolicy;
import io.txhost.ManualTransaction;
import io.txhost.Transaction;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalCallable;
import io.txhost.context.Context;
import io.txhost.context.ContextCallable;
import io.txhost.context.ContextKey;
import io.txhost.context.NoActiveContextException;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.programs.Op.Asked;
import io.txhost.programs.Op.Body;
import io.txhost.programs.Op.Fault;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Carries a program out on two hosts and writes down what is seen. Decides nothing. */
final class OnHosts implements Op.Machine<Void> {
  private static final List<ContextKey<Integer>> KEYS =
      List.of(ContextKey.of("one", Integer.class), ContextKey.of("two", Integer.class));

  private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().build();

  /** How a message names what stayed behind. */
  private static final Pattern BEHIND = Pattern.compile("Tx [0-9]+ ('b[0-9]+') was active on");

  /** Thrown by a program. */
  private static final class Users extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Users(String message) {
      super(message, null, true, false);
    }
  }

  /** The same, excepted by some boundaries. */
  private static final class Excused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Excused(String message) {
      super(message, null, true, false);
    }
  }

  private final ExecutorService threads;
  private final Trace all = new Trace();

  /** One for each branch where they run at the same time; else null. */
  private final Map<Integer, Trace> branches;

  private final Forks forks;

  private final ThreadLocal<Trace> ofBranch = new ThreadLocal<>();
  private final List<Rows> rows;
  private final List<List<Rows.Db>> keptOutside = List.of(new ArrayList<>(), new ArrayList<>());
  private List<TransactionHost<Rows.Db>> hosts = List.of();
  private final List<Callable<Void>> captured = new ArrayList<>();

  /** Branches run one after the other. */
  OnHosts(ExecutorService threads) {
    this(threads, null, null);
  }

  /** Branches are forked, or tasks, as the program says. */
  OnHosts(ExecutorService threads, Forks forks) {
    this(threads, null, forks);
  }

  /** Branches run at the same time, each with a trace of its own, by its body's id. */
  OnHosts(ExecutorService threads, Map<Integer, Trace> branches) {
    this(threads, branches, null);
  }

  private OnHosts(ExecutorService threads, Map<Integer, Trace> branches, Forks forks) {
    this.threads = threads;
    this.branches = branches;
    this.forks = forks;
    this.rows = List.of(new Rows(branches != null), new Rows(branches != null));
  }

  private TransactionHost<Rows.Db> host(int number, String name, FallbackPolicy policy) {
    return TransactionHost.builder(rows.get(number))
        .name(name)
        .fallbackPolicy(policy)
        .listener(new Ends())
        .build();
  }

  /** Runs branches otherwise than by {@code inParallel}. */
  interface Forks {
    /** Runs one on a thread of its own and waits for it. */
    void run(Callable<Void> branch) throws Exception;
  }

  /** How each transaction ended, and what its hooks threw. */
  private final class Ends implements TransactionListener {
    @Override
    public void committed(TransactionInfo transaction) {
      say(transaction.name() + " ended COMMITTED");
    }

    @Override
    public void rolledBack(TransactionInfo transaction, Throwable cause) {
      say(transaction.name() + " ended ROLLED_BACK");
    }

    @Override
    public void unknown(TransactionInfo transaction, Throwable cause) {
      say(transaction.name() + " ended UNKNOWN");
    }

    @Override
    public void hookFailed(TransactionInfo transaction, Throwable failure) {
      say("caught " + described(failure, 4));
    }
  }

  Trace trace() {
    return all;
  }

  private void say(String line) {
    here().say(line);
  }

  private Trace here() {
    Trace own = branches == null ? null : ofBranch.get();
    return own == null ? all : own;
  }

  List<Integer> kept(int host) {
    return rows.get(host).kept();
  }

  List<String> complaints() {
    return rows.stream().flatMap(r -> r.complaints().stream()).toList();
  }

  void run(Program program) {
    FallbackPolicy first =
        program.isFirstReadOnly() ? FallbackPolicy.READ_ONLY : FallbackPolicy.ALLOW;
    hosts = List.of(host(0, "first", first), host(1, "second", FallbackPolicy.IN_CONTEXT));
    swallowing(() -> body(program.body()));
    while (!captured.isEmpty()) {
      Callable<Void> next = captured.remove(0);
      swallowing(next::call);
    }
    seen();
    if (Carrier.current() != Frame.ROOT) {
      say(Carrier.current() + " was left");
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private void swallowing(Work work) {
    try {
      work.run();
    } catch (Throwable thrown) {
      say("caught " + described(thrown, 4));
    }
  }

  private static String described(Throwable thrown, int depth) {
    String what = named(thrown);
    if (depth == 0) {
      return what + "...";
    }
    StringBuilder text = new StringBuilder(String.valueOf(what));
    // the cause of a misuse is where it was opened, with diagnostics on
    if (thrown.getCause() != null && thrown.getClass() != TransactionException.class) {
      text.append(" because of (").append(described(thrown.getCause(), depth - 1)).append(')');
    }
    for (Throwable beside : thrown.getSuppressed()) {
      text.append(" beside (").append(described(beside, depth - 1)).append(')');
    }
    return text.toString();
  }

  private static String named(Throwable thrown) {
    if (thrown instanceof TransactionException refusal && refusal.code().equals("TXH-126")) {
      return "statement on lost"; // by the host here, else by the adapter
    }
    return thrown instanceof TransactionException
        ? thrown.getClass().getSimpleName()
        : thrown.getMessage();
  }

  private void body(Body body) {
    seen();
    for (Op op : body.ops()) {
      op.on(this, null);
      seen();
    }
    switch (body.end()) {
      case NORMALLY -> {
        // nothing is thrown
      }
      case FAILING -> throw new Users("u" + body.id());
      case FAILING_EXCUSED -> throw new Excused("u" + body.id());
    }
  }

  private void seen() {
    StringBuilder line = new StringBuilder();
    if (Context.isActive()) {
      Context context = Context.current();
      line.append("context ").append(here().number(context.id()));
      KEYS.forEach(key -> line.append(' ').append(context.get(key).orElse(0)));
    } else {
      line.append("no context");
    }
    for (TransactionHost<Rows.Db> host : hosts) {
      if (host.isTransactionActive()) {
        Transaction transaction = host.currentTransaction().orElseThrow();
        line.append(", ").append(transaction.name());
        line.append(transaction.isNested() ? " nested" : "");
        line.append(transaction.isRollbackOnly() ? " marked" : "");
      } else {
        line.append(host.currentTransaction().isPresent() ? ", one that is not" : ", none");
      }
    }
    say(line.toString());
  }

  // ---- small steps

  @Override
  public void look(Void here) {
    for (int i = 0; i < hosts.size(); i++) {
      say("tx " + i + " is " + tx(hosts.get(i)));
    }
  }

  private static String tx(TransactionHost<Rows.Db> host) {
    try {
      return host.tx().where();
    } catch (TransactionException refusal) {
      Matcher behind = BEHIND.matcher(refusal.getMessage());
      return refusal.getClass().getSimpleName() + (behind.find() ? " " + behind.group(1) : "");
    }
  }

  @Override
  public void value(Void here, Op.Value op) {
    ContextKey<Integer> key = KEYS.get(op.key());
    Context context;
    try {
      context = Context.current();
    } catch (NoActiveContextException refusal) {
      say("NoActiveContextException");
      return;
    }
    if (op.value() == 0) {
      if (!op.ifAbsent()) {
        context.remove(key);
      }
    } else if (op.ifAbsent()) {
      context.computeIfAbsent(key, op::value);
    } else {
      context.set(key, op.value());
    }
  }

  @Override
  public void write(Void here, Op.Write op) {
    hosts.get(op.host()).tx().write(op.statement(), op.id());
  }

  @Override
  public void keep(Void here, Op.Keep op) {
    Rows.Db given;
    try {
      given = hosts.get(op.host()).tx();
    } catch (TransactionException refusal) {
      return;
    }
    if (given.isOutside()) {
      keptOutside.get(op.host()).add(given);
    }
  }

  @Override
  public void useKept(Void here, Op.UseKept op) {
    List<Rows.Db> kept = keptOutside.get(op.host());
    if (!kept.isEmpty()) {
      kept.get(op.pick() % kept.size()).write(op.statement(), op.id());
    }
  }

  @Override
  public void refused(Void here, Op.Refused op) {
    hosts.get(op.host()).tx().refused(op.id());
  }

  @Override
  public void mark(Void here, Op.Mark op) {
    hosts.get(op.host()).currentTransaction().ifPresent(Transaction::setRollbackOnly);
  }

  @Override
  public void hook(Void here, Op.Hook op) {
    hosts.get(op.host()).currentTransaction().ifPresent(transaction -> register(transaction, op));
  }

  private void register(Transaction transaction, Op.Hook op) {
    switch (op.when()) {
      case BEFORE_COMMIT -> transaction.beforeCommit(() -> hooked(op, ""));
      case AFTER_COMMIT -> transaction.afterCommit(() -> hooked(op, " COMMITTED"));
      case AFTER_ROLLBACK -> transaction.afterRollback(() -> hooked(op, " ROLLED_BACK"));
      case AFTER_COMPLETION -> transaction.afterCompletion(outcome -> hooked(op, " " + outcome));
    }
  }

  private void hooked(Op.Hook op, String outcome) {
    say("hook " + op.id() + outcome);
    body(op.body());
  }

  // ---- contexts and threads

  @Override
  public void context(Void here, Op.InContext op) {
    ContextCallable<Void, RuntimeException> work =
        () -> {
          leaving(op.leftOpen(), op.body());
          return null;
        };
    if (op.mode() == null) {
      Context.exit(work);
    } else {
      Context.call(op.mode(), work);
    }
  }

  private void leaving(List<Asked> leftOpen, Body body) {
    leftOpen.forEach(this::begin);
    body(body);
  }

  @Override
  public void caught(Void here, Op.Caught op) {
    swallowing(() -> body(op.body()));
  }

  @Override
  public void wrapped(Void here, Op.Wrapped op) {
    Runnable body = () -> leaving(op.leftOpen(), op.body());
    Runnable task = op.bySnapshot() ? SNAPSHOTS.captureAll().wrap(body) : Context.wrap(body);
    run(
        op.where(),
        () -> {
          task.run();
          return null;
        });
  }

  @Override
  public void capture(Void here, Op.Capture op) {
    captured.add(
        Context.wrap(
            () -> {
              body(op.body());
              return null;
            }));
  }

  @Override
  public void runLater(Void here, Op.RunLater op) {
    if (!captured.isEmpty()) {
      run(op.where(), captured.remove(op.pick() % captured.size()));
    }
  }

  @Override
  public void bareThread(Void here, Op.BareThread op) {
    run(
        Op.Where.ON_ANOTHER_THREAD,
        () -> {
          body(op.body());
          return null;
        });
  }

  @Override
  public void parallel(Void here, Op.Parallel op) {
    if (forks == null || !op.isForked()) {
      inParallel(op);
    } else {
      op.branches().forEach(this::forked);
      say(op.branches().size() + " branches done");
    }
  }

  private void forked(Body branch) {
    unchecked(
        () -> {
          forks.run(
              () -> {
                body(branch);
                return null;
              });
          return null;
        });
  }

  private void inParallel(Op.Parallel op) {
    TransactionHost<Rows.Db> host = hosts.get(op.host());
    List<CompletableFuture<Boolean>> ended = new ArrayList<>();
    ended.add(CompletableFuture.completedFuture(true));
    List<TransactionalCallable<Integer, Exception>> tasks = new ArrayList<>();
    for (Body branch : op.branches()) {
      int number = ended.size();
      ended.add(new CompletableFuture<>());
      tasks.add(
          branches == null
              ? () -> branch(host, branch, number, ended)
              : () -> branch(branch, number));
    }
    List<Integer> results = unchecked(() -> host.inParallel(tasks));
    say(results.stream().distinct().count() + " branches done");
  }

  private Integer branch(
      TransactionHost<Rows.Db> host,
      Body branch,
      int number,
      List<CompletableFuture<Boolean>> ended)
      throws Exception {
    if (!ended.get(number - 1).get(60, TimeUnit.SECONDS)) {
      refusedSoon(host);
      return number;
    }
    boolean returned = false;
    try {
      body(branch);
      returned = true;
    } finally {
      boolean goOn = returned;
      // none that comes later may wait for one that does not begin any more
      ended.subList(number, returned ? number + 1 : ended.size()).forEach(e -> e.complete(goOn));
    }
    return number;
  }

  private Integer branch(Body branch, int number) {
    Trace before = ofBranch.get();
    Trace own = new Trace();
    branches.put(branch.id(), own);
    ofBranch.set(own);
    try {
      body(branch);
      return number;
    } finally {
      ofBranch.set(before);
    }
  }

  /** A task that was cancelled is told so at what it next asks of the transaction. */
  private void refusedSoon(TransactionHost<Rows.Db> host) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (host.isTransactionActive() && System.nanoTime() < until) {
      try {
        host.tx();
        LockSupport.parkNanos(100_000);
      } catch (TransactionException refusal) {
        return;
      }
    }
    if (host.isTransactionActive()) {
      say("a task was not cancelled");
    }
  }

  private void run(Op.Where where, Callable<Void> task) {
    switch (where) {
      case HERE -> unchecked(task);
      case ON_ANOTHER_THREAD -> {
        Future<Throwable> other = threads.submit(() -> thrownBy(task));
        Throwable thrown = unchecked(() -> other.get(60, TimeUnit.SECONDS));
        if (thrown != null) {
          throw OnHosts.<RuntimeException>sneaky(thrown);
        }
      }
    }
  }

  private static <R> R unchecked(Callable<R> task) {
    try {
      return task.call();
    } catch (Exception e) {
      throw OnHosts.<RuntimeException>sneaky(e);
    }
  }

  /** Nothing stays on a pooled thread (C7). */
  private Throwable thrownBy(Callable<Void> task) {
    try {
      task.call();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    } finally {
      if (Carrier.current() != Frame.ROOT) {
        say(Carrier.current() + " was left on a pooled thread");
      }
    }
  }

  @SuppressWarnings("unchecked") // whatever it is
  private static <X extends Throwable> X sneaky(Throwable thrown) throws X {
    throw (X) thrown;
  }

  // ---- boundaries

  private static TransactionOptions options(Asked asked) {
    TransactionOptions options =
        TransactionOptions.defaults().name(asked.name()).propagation(asked.propagation());
    if (asked.readOnly()) {
      options = options.readOnly(true);
    }
    if (asked.timed()) {
      options = options.timeout(Duration.ofHours(1));
    }
    return asked.excuses() ? options.noRollbackFor(Excused.class) : options;
  }

  @Override
  public void within(Void here, Op.Within op) {
    Rows adapter = rows.get(op.asked().host());
    adapter.arm(op.asked().fault());
    try {
      hosts
          .get(op.asked().host())
          .withTransaction(
              options(op.asked()),
              () -> {
                adapter.arm(Fault.NONE);
                body(op.body());
              });
    } finally {
      adapter.arm(Fault.NONE);
    }
  }

  private ManualTransaction begin(Asked asked) {
    Rows adapter = rows.get(asked.host());
    adapter.arm(asked.fault());
    try {
      return hosts.get(asked.host()).begin(options(asked));
    } finally {
      adapter.arm(Fault.NONE);
    }
  }

  @Override
  public void byHand(Void here, Op.ByHand op) {
    try (ManualTransaction manual = begin(op.asked())) {
      body(op.body());
      switch (op.ending()) {
        case COMMIT -> manual.commit();
        case ROLLBACK -> manual.rollback();
        case CLOSE -> manual.close();
      }
    }
  }
}
