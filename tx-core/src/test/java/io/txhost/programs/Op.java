package io.txhost.programs;

import io.txhost.Propagation;
import io.txhost.context.ContextMode;
import java.util.List;

/**
 * One step of a random program. It says what is to be done and nothing of what should come of it:
 * that is {@link Reference}'s to say, and {@link OnHosts}'s to find out.
 */
sealed interface Op {

  /** Hands itself to what carries programs out. */
  <E> void on(Machine<E> machine, E here);

  /** The steps inside, for printing and for making a failing program smaller. */
  default List<Body> inside() {
    return List.of();
  }

  /** The same step with other steps inside. */
  default Op with(List<Body> inside) {
    return this;
  }

  /** How a body ends. */
  enum End {
    NORMALLY,
    FAILING,
    /** By a failure that some boundaries except from their rule. */
    FAILING_EXCUSED
  }

  /** Steps in order, then the end. */
  record Body(List<Op> ops, End end, int id) {
    Body with(List<Op> others, End otherEnd) {
      return new Body(others, otherEnd, id);
    }
  }

  /** Where the adapter is to fail, if it gets there. */
  enum Fault {
    NONE,
    OPENING,
    COMMIT_REFUSED,
    COMMIT_UNKNOWN,
    COMMIT_ODD,
    ROLLBACK
  }

  /** What becomes of a statement. */
  enum Statement {
    WRITES,
    FAILS,
    LOSES
  }

  /** When a hook is due. */
  enum When {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    AFTER_ROLLBACK,
    AFTER_COMPLETION
  }

  /** How a boundary that was opened by hand is ended, if its body returns. */
  enum Ending {
    COMMIT,
    ROLLBACK,
    CLOSE
  }

  /** Where captured work is run. */
  enum Where {
    HERE,
    ON_ANOTHER_THREAD
  }

  /**
   * What a boundary asks for.
   *
   * @param readOnly which matters where no transaction runs
   * @param timed a timeout that never passes
   */
  record Asked(
      int host,
      Propagation propagation,
      boolean excuses,
      Fault fault,
      int id,
      boolean readOnly,
      boolean timed) {
    Asked(int host, Propagation propagation, boolean excuses, Fault fault, int id) {
      this(host, propagation, excuses, fault, id, false, false);
    }

    String name() {
      return "b" + id;
    }
  }

  /** Asks both hosts for the resource. */
  record Look() implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.look(here);
    }
  }

  /** Sets, makes or (value 0) removes a value of the context, if there is one. */
  record Value(int key, int value, boolean ifAbsent) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.value(here, this);
    }
  }

  /** A statement through {@code tx()}. */
  record Write(int host, Statement statement, int id) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.write(here, this);
    }
  }

  /** Keeps what {@code tx()} gives, if that is the resource outside. */
  record Keep(int host) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.keep(here, this);
    }
  }

  /** A statement through one of those kept, if there is any. */
  record UseKept(int host, int pick, Statement statement, int id) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.useKept(here, this);
    }
  }

  /** A call through {@code tx()} that only the host may make. */
  record Refused(int host, int id) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.refused(here, this);
    }
  }

  /** {@code setRollbackOnly()}, if a transaction is active. */
  record Mark(int host) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.mark(here, this);
    }
  }

  /** Registers a hook, if a transaction is active. */
  record Hook(int host, When when, Body body, int id) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.hook(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new Hook(host, when, inside.get(0), id);
    }
  }

  /** A context; no mode is {@code exit}. What it opens by hand at its start it never ends. */
  record InContext(ContextMode mode, List<Asked> leftOpen, Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.context(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new InContext(mode, leftOpen, inside.get(0));
    }
  }

  /** A boundary around a lambda. */
  record Within(Asked asked, Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.within(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new Within(asked, inside.get(0));
    }
  }

  /** A boundary by hand, in try-with-resources. */
  record ByHand(Asked asked, Ending ending, Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.byHand(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new ByHand(asked, ending, inside.get(0));
    }
  }

  /** Somebody swallows whatever is thrown inside. */
  record Caught(Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.caught(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new Caught(inside.get(0));
    }
  }

  /**
   * Work is captured here and run at once.
   *
   * @param bySnapshot by Micrometer's, else by {@code Context.wrap}
   */
  record Wrapped(Where where, boolean bySnapshot, List<Asked> leftOpen, Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.wrapped(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new Wrapped(where, bySnapshot, leftOpen, inside.get(0));
    }
  }

  /** Work is captured here, for a {@link RunLater} or the end of the program. */
  record Capture(Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.capture(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new Capture(inside.get(0));
    }
  }

  /** Runs one of those captured and not run, if there is any. */
  record RunLater(Where where, int pick) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.runLater(here, this);
    }
  }

  /** Work on a thread that was told nothing. */
  record BareThread(Body body) implements Op {
    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.bareThread(here, this);
    }

    @Override
    public List<Body> inside() {
      return List.of(body);
    }

    @Override
    public Op with(List<Body> inside) {
      return new BareThread(inside.get(0));
    }
  }

  /**
   * {@code inParallel}: each branch on a thread of its own. One waits for the other, so that what
   * comes of it is known; after the first failure none goes on.
   */
  record Parallel(int host, List<Body> branches) implements Op {
    /**
     * Whether they are rather a scope's forks, where there are such: by chance, as their numbers.
     */
    boolean isForked() {
      return branches.isEmpty() || branches.get(0).id() % 3 > 0;
    }

    @Override
    public <E> void on(Machine<E> machine, E here) {
      machine.parallel(here, this);
    }

    @Override
    public List<Body> inside() {
      return branches;
    }

    @Override
    public Op with(List<Body> inside) {
      return new Parallel(host, inside);
    }
  }

  /** What carries programs out. */
  interface Machine<E> {
    void look(E here);

    void value(E here, Value op);

    void write(E here, Write op);

    void keep(E here, Keep op);

    void useKept(E here, UseKept op);

    void refused(E here, Refused op);

    void mark(E here, Mark op);

    void hook(E here, Hook op);

    void context(E here, InContext op);

    void within(E here, Within op);

    void byHand(E here, ByHand op);

    void caught(E here, Caught op);

    void wrapped(E here, Wrapped op);

    void capture(E here, Capture op);

    void runLater(E here, RunLater op);

    void bareThread(E here, BareThread op);

    void parallel(E here, Parallel op);
  }
}
