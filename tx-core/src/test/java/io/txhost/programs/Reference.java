package io.txhost.programs;

import io.txhost.Propagation;
import io.txhost.context.ContextMode;
import io.txhost.programs.Op.Asked;
import io.txhost.programs.Op.Body;
import io.txhost.programs.Op.End;
import io.txhost.programs.Op.Fault;
import io.txhost.programs.Op.When;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What should come of a program, said as plainly as can be: where it is, is an argument; a
 * transaction is a list of rows. Shares no code with the host, its table least of all.
 */
final class Reference implements Op.Machine<Reference.Here> {
  /** What is to be done, for what is asked (rows) and what is found (columns). */
  private static final Map<Propagation, String[]> TABLE = new EnumMap<>(Propagation.class);

  // as in docs/propagation.md:      ACTIVE     NONE      MARKED    DETACHED
  static {
    put(Propagation.REQUIRED, "      join       begin     marked    begin");
    put(Propagation.REQUIRES_NEW, "  begin      begin     begin     begin");
    put(Propagation.NESTED, "        savepoint  begin     marked    begin");
    put(Propagation.SUPPORTS, "      join       plain     marked    detached");
    put(Propagation.MANDATORY, "     join       required  marked    required");
    put(Propagation.NOT_SUPPORTED, " without    without   without   without");
    put(Propagation.NEVER, "         already    without   already   without");
  }

  private static void put(Propagation asked, String row) {
    TABLE.put(asked, row.trim().split(" +"));
  }

  /** A failure on its way. Two are the same only if they are the same object. */
  static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String what;
    private final Failure because;
    private final boolean excused;
    private final transient List<Failure> beside = new ArrayList<>();

    Failure(String what, Failure because, boolean excused) {
      super(what, null, false, false);
      this.what = what;
      this.because = because;
      this.excused = excused;
    }

    Failure(String what) {
      this(what, null, false);
    }

    void beside(Failure other) {
      if (other != this) {
        beside.add(other);
      }
    }

    String described(int depth) {
      if (depth == 0) {
        return what + "...";
      }
      StringBuilder text = new StringBuilder(what);
      if (because != null) {
        text.append(" because of (").append(because.described(depth - 1)).append(')');
      }
      beside.forEach(b -> text.append(" beside (").append(b.described(depth - 1)).append(')'));
      return text.toString();
    }
  }

  /** A context. */
  private static final class Values {
    private final int number;
    private final int[] values = new int[2];

    Values(int number) {
      this.number = number;
    }
  }

  /** A transaction. */
  private static final class Tx {
    private final String name;
    private final Fault fault;
    private final List<Integer> rows = new ArrayList<>();
    private final List<Due> hooks = new ArrayList<>();
    private Failure lost;

    Tx(Asked asked) {
      this.name = asked.name();
      this.fault = asked.fault();
    }
  }

  /** A hook that was registered. */
  private static final class Due {
    private final Op.Hook op;
    private final Block block;
    private boolean undone;
    private boolean ran;

    Due(Op.Hook op, Block block) {
      this.op = op;
      this.block = block;
    }
  }

  /** What is kept or undone as one. */
  private static final class Block {
    private final Tx tx;
    private final Block outer;
    private final Fault fault;
    private final int rowsBefore;
    private final int thread;
    private int joiners;
    private boolean marked;
    private boolean markedByJoiner;
    private Failure first;

    Block(Tx tx, Block outer, Fault fault, int thread) {
      this.thread = thread;
      this.tx = tx;
      this.outer = outer;
      this.fault = fault;
      this.rowsBefore = tx.rows.size();
    }

    boolean isDoomed() {
      return marked || markedByJoiner || tx.lost != null;
    }

    boolean isIn(Block other) {
      for (Block b = this; b != null; b = b.outer) {
        if (b == other) {
          return true;
        }
      }
      return false;
    }

    void callRefused(Failure refusal) {
      markedByJoiner = true;
      if (first == null) {
        first = refusal;
      }
    }

    void joinerFailed(Failure failure) {
      markedByJoiner = true;
      if (first == null) {
        first = tx.lost == null ? failure : tx.lost;
      }
    }

    /** The first mark says whose it is. A child is never the block's own code. */
    void mark(int by) {
      if (marked || markedByJoiner) {
        return;
      }
      if (joiners > 0 || by != thread) {
        markedByJoiner = true;
      } else {
        marked = true;
      }
    }

    Failure unexpected() {
      return new Failure("UnexpectedRollbackException", first == null ? tx.lost : first, false);
    }
  }

  /**
   * What is found of one host: a block, a permission to go without, a name that stayed behind; and
   * whether a fork found it that has nothing of what was opened by hand over it; and whether only
   * reads go through, where there is no block.
   */
  private record Found(
      Block block, boolean without, String behind, boolean beside, boolean readOnly) {
    static final Found NOTHING = new Found(null, false, null, false, false);

    static Found in(Block block) {
      return new Found(block, false, null, false, false);
    }

    /** Goes without, from here. A transaction that is set aside keeps what it has to itself. */
    Found goingWithout(boolean readsOnly) {
      return new Found(null, true, null, false, readsOnly || (block == null && readOnly));
    }

    Found goingOn(boolean readsOnly) {
      return new Found(block, without, behind, beside, readsOnly || readOnly);
    }

    String column() {
      if (block != null) {
        return block.isDoomed() ? "MARKED" : "ACTIVE";
      }
      return behind == null ? "NONE" : "DETACHED";
    }

    Found captured(boolean byOneBeside) {
      return new Found(null, false, block == null ? behind : block.tx.name, byOneBeside, false);
    }

    Found hidden() {
      return new Found(block, without, behind, true, readOnly);
    }
  }

  /**
   * Where the program is.
   *
   * @param below what a scope's forks have instead, where the innermost was opened by hand
   * @param bare whether nothing is bound
   * @param beside whether it is, or was captured by, a fork that has not all that was around it
   */
  record Here(
      Values values,
      Found first,
      Found second,
      int thread,
      Here below,
      boolean bare,
      boolean beside) {
    static final Here NOWHERE = new Here(null, Found.NOTHING, Found.NOTHING, 0, null, true, false);

    private Found of(int host) {
      return host == 0 ? first : second;
    }

    private Here with(int host, Found found) {
      return host == 0
          ? new Here(values, found, second, thread, below, bare, beside)
          : new Here(values, first, found, thread, below, bare, beside);
    }

    private Here with(Values others) {
      return new Here(others, first, second, thread, below, bare, beside);
    }

    private Here captured() {
      return new Here(
          values, first.captured(beside), second.captured(beside), thread, null, false, beside);
    }

    private Here on(int otherThread) {
      return new Here(values, first, second, otherThread, below, bare, beside);
    }

    private Here bound() {
      return new Here(values, first, second, thread, null, false, beside);
    }

    private Here byHandOver(Here outer) {
      Here left = outer.below == null ? outer : outer.below;
      return new Here(values, first, second, thread, left, false, beside);
    }

    private Here ofFork() {
      if (below == null || below.bare) {
        return below == null ? this : below;
      }
      return new Here(
          below.values, below.first.hidden(), below.second.hidden(), thread, null, false, true);
    }
  }

  /** What was opened by hand, with what ends it. */
  private record Opened(Asked asked, String how, Here outside, Here inside) {}

  private record Captured(Here where, Body body) {}

  private static final String DETACHED = "DetachedTransactionException";
  private static final List<String> COLUMNS = List.of("ACTIVE", "NONE", "MARKED", "DETACHED");

  private Trace trace = new Trace();
  private final List<Captured> captured = new ArrayList<>();
  private final List<List<Integer>> kept = List.of(new ArrayList<>(), new ArrayList<>());
  private int contexts;
  private int threads;

  /** One for each branch, if they are to be told apart. */
  private final Map<Integer, Trace> branches;

  /** The rows that each transaction committed. */
  private final Map<String, List<Integer>> committed = new HashMap<>();

  private final boolean forked;

  /** One trace for all. */
  Reference() {
    this(null, false);
  }

  /** Branches write to traces of their own, by their body's id. */
  Reference(Map<Integer, Trace> branches) {
    this(branches, false);
  }

  /** Branches are the forks of a scope, or tasks of {@code inParallel}, as the program says. */
  Reference(boolean forked) {
    this(null, forked);
  }

  private Reference(Map<Integer, Trace> branches, boolean forked) {
    this.branches = branches;
    this.forked = forked;
  }

  List<Integer> committedBy(String transaction) {
    return committed.getOrDefault(transaction, List.of());
  }

  /** How many forks had not all that was around them. */
  int beside;

  /** How often each cell of the table was met. */
  final Map<String, Integer> met = new TreeMap<>();

  Trace trace() {
    return trace;
  }

  List<Integer> kept(int host) {
    return kept.get(host);
  }

  /** Whether the first host lets only reads through outside. */
  private boolean isFirstReadOnly;

  /** How many resources got outside are kept, of each host. */
  private final int[] keptOutside = new int[2];

  void run(Program program) {
    isFirstReadOnly = program.isFirstReadOnly();
    swallowing(() -> body(Here.NOWHERE, program.body()));
    while (!captured.isEmpty()) {
      Captured next = captured.remove(0);
      swallowing(() -> body(next.where(), next.body()));
    }
    seen(Here.NOWHERE);
  }

  private void swallowing(Runnable work) {
    try {
      work.run();
    } catch (Failure failure) {
      trace.say("caught " + failure.described(4));
    }
  }

  private void body(Here here, Body body) {
    seen(here);
    for (Op op : body.ops()) {
      op.on(this, here);
      seen(here);
    }
    if (body.end() != End.NORMALLY) {
      throw new Failure("u" + body.id(), null, body.end() == End.FAILING_EXCUSED);
    }
  }

  private void seen(Here here) {
    StringBuilder line = new StringBuilder();
    if (here.values == null) {
      line.append("no context");
    } else {
      line.append("context ").append(trace.number(here.values.number));
      for (int value : here.values.values) {
        line.append(' ').append(value);
      }
    }
    for (Found found : List.of(here.first, here.second)) {
      if (found.block == null) {
        line.append(", none");
      } else {
        line.append(", ").append(found.block.tx.name);
        line.append(found.block.outer == null ? "" : " nested");
        line.append(found.block.isDoomed() ? " marked" : "");
      }
    }
    trace.say(line.toString());
  }

  // ---- small steps

  @Override
  public void look(Here here) {
    for (int host = 0; host < 2; host++) {
      trace.say("tx " + host + " is " + tx(here, host));
    }
  }

  private static String tx(Here here, int host) {
    Found found = here.of(host);
    if (found.behind != null) {
      return "DetachedTransactionException '" + found.behind + "'";
    }
    if (found.beside) {
      return DETACHED;
    }
    if (found.block != null) {
      return found.block.tx.name;
    }
    return found.without || host == 0 || here.values != null
        ? "auto"
        : "TransactionRequiredException";
  }

  @Override
  public void value(Here here, Op.Value op) {
    if (here.values == null) {
      trace.say("NoActiveContextException");
    } else if (!op.ifAbsent() || (op.value() != 0 && here.values.values[op.key()] == 0)) {
      here.values.values[op.key()] = op.value();
    }
  }

  @Override
  public void write(Here here, Op.Write op) {
    String tx = tx(here, op.host());
    Block block = here.of(op.host()).block;
    if (block != null && !here.of(op.host()).beside) {
      write(block.tx, op);
    } else if (!tx.equals("auto")) {
      throw new Failure(tx.split(" ")[0]);
    } else if (!mayWriteOutside(here.of(op.host()), op.host())) {
      throw new Failure("TransactionRequiredException");
    } else if (op.statement() == Op.Statement.WRITES) {
      kept.get(op.host()).add(op.id());
    } else {
      throw new Failure("statement " + op.id());
    }
  }

  private boolean mayWriteOutside(Found found, int host) {
    return !found.readOnly && (found.without || host == 1 || !isFirstReadOnly);
  }

  @Override
  public void keep(Here here, Op.Keep op) {
    if (tx(here, op.host()).equals("auto")) {
      keptOutside[op.host()]++;
    }
  }

  /** It is used where it is: as what is got there would be. */
  @Override
  public void useKept(Here here, Op.UseKept op) {
    if (keptOutside[op.host()] > 0) {
      write(here, new Op.Write(op.host(), op.statement(), op.id()));
    }
  }

  @Override
  public void refused(Here here, Op.Refused op) {
    Failure failure = new Failure("refused " + op.id());
    Found found = here.of(op.host());
    String tx = tx(here, op.host());
    if (found.block != null && !found.beside) {
      found.block.callRefused(failure);
    } else if (!tx.equals("auto")) {
      throw new Failure(tx.split(" ")[0]);
    }
    throw failure;
  }

  private static void write(Tx tx, Op.Write op) {
    if (tx.lost != null) {
      throw new Failure("statement on lost");
    }
    if (op.statement() == Op.Statement.WRITES) {
      tx.rows.add(op.id());
      return;
    }
    Failure failure = new Failure("statement " + op.id());
    if (op.statement() == Op.Statement.LOSES) {
      tx.lost = failure;
    }
    throw failure;
  }

  @Override
  public void mark(Here here, Op.Mark op) {
    Block block = reached(here.of(op.host()));
    if (block != null) {
      block.mark(here.thread);
    }
  }

  private static Block reached(Found found) {
    if (found.block != null && found.beside) {
      throw new Failure(DETACHED);
    }
    return found.block;
  }

  @Override
  public void hook(Here here, Op.Hook op) {
    Block block = reached(here.of(op.host()));
    if (block != null) {
      block.tx.hooks.add(new Due(op, block));
    }
  }

  // ---- contexts and threads

  @Override
  public void context(Here here, Op.InContext op) {
    Here inside = here.with(opened(here.values, op.mode())).bound();
    around(inside, op.leftOpen(), op.body());
  }

  private Values opened(Values outer, ContextMode mode) {
    if (mode == null) {
      return null;
    }
    if (outer == null || mode == ContextMode.NEW) {
      return new Values(++contexts);
    }
    if (mode == ContextMode.REUSE) {
      return outer;
    }
    Values copy = new Values(outer.number);
    System.arraycopy(outer.values, 0, copy.values, 0, copy.values.length);
    return copy;
  }

  /** What is bound around a lambda ends what was left open inside. */
  private void around(Here outermost, List<Asked> leftOpen, Body body) {
    List<Opened> opened = new ArrayList<>();
    try {
      Here here = outermost;
      for (Asked asked : leftOpen) {
        Opened next = openByHand(here, asked);
        opened.add(0, next);
        here = next.inside;
      }
      body(here, body);
    } catch (Failure failure) {
      abandon(opened, failure);
      throw failure;
    }
    if (!opened.isEmpty()) {
      Failure misuse = new Failure("TransactionException");
      abandon(opened, misuse);
      throw misuse;
    }
  }

  private void abandon(List<Opened> opened, Failure failure) {
    for (Opened one : opened) {
      try {
        close(one);
      } catch (Failure beside) {
        failure.beside(beside);
      }
    }
  }

  @Override
  public void caught(Here here, Op.Caught op) {
    swallowing(() -> body(here, op.body()));
  }

  @Override
  public void wrapped(Here here, Op.Wrapped op) {
    Here inside = here.captured();
    if (op.bySnapshot()) {
      inside = inside.byHandOver(op.where() == Op.Where.HERE ? here : Here.NOWHERE);
    }
    around(inside, op.leftOpen(), op.body());
  }

  @Override
  public void capture(Here here, Op.Capture op) {
    captured.add(new Captured(here.captured(), op.body()));
  }

  @Override
  public void runLater(Here here, Op.RunLater op) {
    if (!captured.isEmpty()) {
      Captured next = captured.remove(op.pick() % captured.size());
      body(next.where(), next.body());
    }
  }

  @Override
  public void bareThread(Here here, Op.BareThread op) {
    body(Here.NOWHERE, op.body());
  }

  @Override
  public void parallel(Here here, Op.Parallel op) {
    if (forked && op.isForked()) {
      forked(here, op);
      return;
    }
    Found own = here.of(op.host());
    if (own.block != null && own.block.isDoomed()) {
      throw own.block.unexpected();
    }
    Block block = reached(own);
    // a task is a child in the transactions of all hosts, whichever began it
    Found other = here.of(1 - op.host());
    List<Block> joined =
        Stream.of(block, other.beside ? null : other.block).filter(Objects::nonNull).toList();
    op.branches().forEach(branch -> joining(joined, here.bound(), branch));
    trace.say(op.branches().size() + " branches done");
  }

  /** A scope's forks are inside, too, but no boundary is around them. */
  private void forked(Here here, Op.Parallel op) {
    Here there = here.ofFork();
    beside += there.beside ? op.branches().size() : 0;
    op.branches().forEach(branch -> branch(there, branch));
    trace.say(op.branches().size() + " branches done");
  }

  private void branch(Here here, Body branch) {
    Trace around = trace;
    if (branches != null) {
      trace = new Trace();
      branches.put(branch.id(), trace);
    }
    try {
      body(here.on(++threads), branch);
    } finally {
      trace = around;
    }
  }

  private void joining(List<Block> blocks, Here here, Body branch) {
    if (blocks.isEmpty()) {
      branch(here, branch);
      return;
    }
    Block block = blocks.get(0);
    block.joiners++;
    try {
      joining(blocks.subList(1, blocks.size()), here, branch);
    } catch (Failure failure) {
      block.joinerFailed(failure);
      throw failure;
    } finally {
      block.joiners--;
    }
  }

  // ---- boundaries

  /** What is to be done here; a refusal leaves as a failure. */
  private String decided(Here here, Asked asked) {
    Found found = here.of(asked.host());
    met.merge(asked.propagation() + " " + found.column(), 1, Integer::sum);
    String todo = TABLE.get(asked.propagation())[COLUMNS.indexOf(found.column())];
    switch (todo) {
      case "marked" -> throw found.block.unexpected();
      case "required", "already", "detached" -> throw new Failure(refusal(todo));
      default -> {
        if (todo.equals("join") || todo.equals("savepoint")) {
          reached(found);
        }
        if ((todo.equals("begin") || todo.equals("savepoint")) && asked.fault() == Fault.OPENING) {
          throw new Failure("opening " + (todo.equals("begin") ? "transaction" : todo));
        }
        return todo;
      }
    }
  }

  private static String refusal(String todo) {
    return switch (todo) {
      case "required" -> "TransactionRequiredException";
      case "already" -> "TransactionAlreadyActiveException";
      default ->
          todo.substring(0, 1).toUpperCase(Locale.ROOT)
              + todo.substring(1)
              + "TransactionException";
    };
  }

  private static Here inside(Here here, Asked asked, String todo) {
    Block outer = here.of(asked.host()).block;
    return switch (todo) {
      case "begin" -> {
        Tx tx = new Tx(asked);
        yield here.with(asked.host(), Found.in(new Block(tx, null, tx.fault, here.thread)));
      }
      case "savepoint" ->
          here.with(asked.host(), Found.in(new Block(outer.tx, outer, asked.fault(), here.thread)));
      case "without" ->
          here.with(asked.host(), here.of(asked.host()).goingWithout(asked.readOnly()));
      case "plain" -> here.with(asked.host(), here.of(asked.host()).goingOn(asked.readOnly()));
      case "join" -> {
        outer.joiners++;
        yield here;
      }
      default -> here;
    };
  }

  private Opened open(Here here, Asked asked) {
    String how = decided(here, asked);
    return new Opened(asked, how, here, inside(here, asked, how));
  }

  @Override
  public void within(Here here, Op.Within op) {
    Opened opened = open(here, op.asked());
    boolean joinsWhatIsOpenByHand = opened.how.equals("join") && here.below != null;
    if (opened.how.equals("begin")
        || opened.how.equals("savepoint")
        || opened.how.equals("without")
        || opened.how.equals("join") && op.asked().timed()
        || opened.how.equals("plain") && (op.asked().timed() || op.asked().readOnly())
        || joinsWhatIsOpenByHand) {
      opened = new Opened(op.asked(), opened.how, here, opened.inside.bound());
    }
    try {
      try {
        body(opened.inside, op.body());
      } catch (Failure failure) {
        failed(opened, failure);
        throw failure;
      }
      finish(opened);
    } finally {
      after(opened);
    }
  }

  private void failed(Opened opened, Failure failure) {
    Block block = block(opened);
    if (opened.asked.excuses() && failure.excused && !isWithout(opened)) {
      try {
        finish(opened);
      } catch (Failure ours) {
        ours.beside(failure);
        throw ours;
      }
    } else if (opened.how.equals("join")) {
      block.joinerFailed(failure);
    } else if (!isWithout(opened)) {
      undoBeside(opened, failure);
    }
  }

  private static boolean isWithout(Opened opened) {
    return opened.how.equals("plain") || opened.how.equals("without");
  }

  private static Block block(Opened opened) {
    return opened.inside.of(opened.asked.host()).block;
  }

  private void undoBeside(Opened opened, Failure failure) {
    try {
      undone(opened);
    } catch (Failure beside) {
      failure.beside(beside);
    }
  }

  /** Undoes a transaction or a savepoint block; whatever the adapter throws leaves as it is. */
  private void undone(Opened opened) {
    Block block = block(opened);
    boolean fails = block.fault == Fault.ROLLBACK;
    if (opened.how.equals("begin")) {
      ended(opened, "ROLLED_BACK");
      if (fails) {
        throw new Failure("rollback");
      }
      return;
    }
    for (Due due : block.tx.hooks) {
      due.undone |= due.block.isIn(block);
    }
    if (fails) {
      Failure failure = new Failure("rollback to savepoint");
      block.tx.lost = block.tx.lost == null ? failure : block.tx.lost;
      throw failure;
    }
    block.tx.rows.subList(block.rowsBefore, block.tx.rows.size()).clear();
    block.tx.lost = null;
  }

  /** The work returned, or failed as it may. */
  private void finish(Opened opened) {
    switch (opened.how) {
      case "begin" -> commit(opened);
      case "savepoint" -> release(opened);
      default -> {
        // nothing was opened, or whoever opened it ends it
      }
    }
  }

  private void commit(Opened opened) {
    Block block = block(opened);
    runBefore(opened, block);
    if (block.isDoomed()) {
      undoDoomed(opened, block);
      return;
    }
    switch (block.fault) {
      case COMMIT_REFUSED -> {
        ended(opened, "ROLLED_BACK");
        throw new Failure("TransactionCommitException");
      }
      case COMMIT_UNKNOWN -> {
        ended(opened, "UNKNOWN");
        throw new Failure("CommitOutcomeUnknownException");
      }
      case COMMIT_ODD -> {
        ended(opened, "UNKNOWN");
        throw new Failure("CommitOutcomeUnknownException", new Failure("commit"), false);
      }
      case NONE, OPENING, ROLLBACK -> {
        kept.get(opened.asked.host()).addAll(block.tx.rows);
        committed.put(block.tx.name, List.copyOf(block.tx.rows));
        ended(opened, "COMMITTED");
      }
    }
  }

  private void runBefore(Opened opened, Block block) {
    for (Due due = nextBefore(block); due != null; due = nextBefore(block)) {
      due.ran = true;
      try {
        trace.say("hook " + due.op.id());
        body(opened.inside.bound(), due.op.body());
      } catch (Failure failure) {
        undoBeside(opened, failure);
        throw failure;
      }
    }
  }

  private static Due nextBefore(Block block) {
    if (block.isDoomed()) {
      return null;
    }
    for (Due due : block.tx.hooks) {
      if (due.op.when() == When.BEFORE_COMMIT && !due.ran && !due.undone) {
        return due;
      }
    }
    return null;
  }

  private void release(Opened opened) {
    Block block = block(opened);
    if (block.isDoomed()) {
      undoDoomed(opened, block);
      return;
    }
    if (block.fault == Fault.COMMIT_REFUSED
        || block.fault == Fault.COMMIT_UNKNOWN
        || block.fault == Fault.COMMIT_ODD) {
      block.tx.lost = new Failure("release");
      throw block.tx.lost;
    }
  }

  /** Quietly, if its own code alone asked for it. */
  private void undoDoomed(Opened opened, Block block) {
    if (block.markedByJoiner || block.tx.lost != null) {
      Failure unexpected = block.unexpected();
      undoBeside(opened, unexpected);
      throw unexpected;
    }
    undoQuietly(opened);
  }

  private void undoQuietly(Opened opened) {
    try {
      undone(opened);
    } catch (Failure failure) {
      throw opened.how.equals("begin")
          ? failure
          : new Failure("UnexpectedRollbackException", failure, false);
    }
  }

  // ---- by hand

  private Opened openByHand(Here here, Asked asked) {
    Opened opened = open(here, asked);
    return new Opened(asked, opened.how, here, opened.inside.byHandOver(here));
  }

  @Override
  public void byHand(Here here, Op.ByHand op) {
    Opened opened = openByHand(here, op.asked());
    try {
      body(opened.inside, op.body());
    } catch (Failure failure) {
      abandon(List.of(opened), failure);
      throw failure;
    }
    if (op.ending() == Op.Ending.COMMIT) {
      try {
        finish(opened);
      } finally {
        after(opened);
      }
    } else {
      close(opened);
    }
  }

  private void close(Opened opened) {
    try {
      if (opened.how.equals("join")) {
        block(opened).mark(opened.inside.thread);
      } else if (!isWithout(opened)) {
        undoQuietly(opened);
      }
    } finally {
      after(opened);
    }
  }

  // ---- what comes after

  private final Map<Tx, String> outcomes = new HashMap<>();

  private void ended(Opened opened, String outcome) {
    outcomes.put(block(opened).tx, outcome);
  }

  private void after(Opened opened) {
    if (opened.how.equals("join")) {
      block(opened).joiners--;
    } else if (opened.how.equals("begin")) {
      runAfter(opened);
    }
  }

  private void runAfter(Opened opened) {
    Tx tx = block(opened).tx;
    String outcome = outcomes.remove(tx);
    trace.say(tx.name + " ended " + outcome);
    int host = opened.asked.host();
    Here without = opened.outside.with(host, opened.outside.of(host).goingWithout(false)).bound();
    for (Due due : List.copyOf(tx.hooks)) {
      String shown = due.undone ? "ROLLED_BACK" : outcome;
      if (isDue(due, shown)) {
        trace.say("hook " + due.op.id() + " " + shown);
        swallowing(() -> body(without, due.op.body()));
      }
    }
  }

  private static boolean isDue(Due due, String shown) {
    return switch (due.op.when()) {
      case BEFORE_COMMIT -> false;
      case AFTER_COMMIT -> !due.undone && shown.equals("COMMITTED");
      case AFTER_ROLLBACK -> shown.equals("ROLLED_BACK");
      case AFTER_COMPLETION -> true;
    };
  }
}
