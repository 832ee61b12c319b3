package io.txhost.programs;

import io.txhost.Propagation;
import io.txhost.context.ContextMode;
import io.txhost.programs.Op.Asked;
import io.txhost.programs.Op.Body;
import io.txhost.programs.Op.End;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A random program: its seed says all of it. */
record Program(long seed, Body body) {
  static final int DEEPEST = 10;

  static Program of(long seed) {
    return new Program(seed, new Writer(new SplittableRandom(seed)).body(0));
  }

  /**
   * A program of one transaction whose branches run at the same time, and which comes to the same
   * however they are interleaved: what could disturb a neighbour is done in a NESTED block or a
   * transaction of its own.
   */
  static Program concurrent(long seed) {
    return new Program(seed, new Writer(new SplittableRandom(seed)).concurrent());
  }

  /** Whether the first host lets only reads through outside; else it lets everything through. */
  boolean isFirstReadOnly() {
    return Math.floorMod(seed, 2L) == 0;
  }

  /** Whether it still has the outermost branches that {@link #failing} needs. */
  boolean canFail() {
    return body.ops().size() == 1
        && body.ops().get(0) instanceof Op.Caught caught
        && caught.body().ops().size() == 1
        && caught.body().ops().get(0) instanceof Op.Within within
        && within.body().ops().size() == 3;
  }

  /** The same with a failure at the end of one of the outermost branches. */
  Program failing() {
    Op.Caught caught = (Op.Caught) body.ops().get(0);
    Op.Within within = (Op.Within) caught.body().ops().get(0);
    Op.Parallel parallel = (Op.Parallel) within.body().ops().get(1);
    int which = (int) Math.floorMod(seed, (long) parallel.branches().size());
    Body branch = parallel.branches().get(which);
    Body fails = branch.with(branch.ops(), End.FAILING);
    Op changed = parallel.with(replaced(parallel.branches(), which, List.of(fails)));
    Body inside =
        within.body().with(replaced(within.body().ops(), 1, List.of(changed)), End.NORMALLY);
    Body outside = caught.body().with(List.of(within.with(List.of(inside))), End.NORMALLY);
    return new Program(seed, body.with(List.of(caught.with(List.of(outside))), End.NORMALLY));
  }

  /** The same with the branches of each group the other way round. */
  Program reversed() {
    return new Program(seed, reversed(body));
  }

  private static Body reversed(Body body) {
    List<Op> ops = new ArrayList<>();
    for (Op op : body.ops()) {
      List<Body> inside = new ArrayList<>(op.inside().stream().map(Program::reversed).toList());
      if (op instanceof Op.Parallel) {
        Collections.reverse(inside);
      }
      ops.add(op.with(inside));
    }
    return body.with(ops, body.end());
  }

  int size() {
    return size(body);
  }

  private static int size(Body body) {
    int size = 1;
    for (Op op : body.ops()) {
      size++;
      for (Body inner : op.inside()) {
        size += size(inner) - 1;
      }
    }
    return size;
  }

  int depth() {
    return depth(body);
  }

  private static int depth(Body body) {
    int deepest = 0;
    for (Op op : body.ops()) {
      for (Body inner : op.inside()) {
        deepest = Math.max(deepest, 1 + depth(inner));
      }
    }
    return deepest;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    print(text, body, "  ");
    return text.toString();
  }

  private static void print(StringBuilder text, Body body, String indent) {
    for (Op op : body.ops()) {
      String line =
          op.with(op.inside().stream().map(b -> new Body(List.of(), b.end(), 0)).toList()) + "";
      text.append(indent).append(line.replaceAll(", (body|branches)=.*\\]", "]")).append('\n');
      op.inside().forEach(inner -> print(text, inner, indent + "  "));
    }
    if (body.end() != End.NORMALLY) {
      text.append(indent).append(body.end()).append(" u").append(body.id()).append('\n');
    }
  }

  // ---- smaller ones, to find what a failure needs

  /** The same program with one thing less, for each thing that could be left out. */
  List<Program> smaller() {
    List<Program> all = new ArrayList<>();
    smaller(body, true).forEach(less -> all.add(new Program(seed, less)));
    return all;
  }

  /** Those of them that leave out whole steps: nothing gets out of the block that it is in. */
  List<Program> withLess() {
    List<Program> all = new ArrayList<>();
    smaller(body, false).forEach(less -> all.add(new Program(seed, less)));
    return all;
  }

  private static List<Body> smaller(Body body, boolean unwraps) {
    List<Body> all = new ArrayList<>();
    for (int i = 0; i < body.ops().size(); i++) {
      all.add(body.with(replaced(body.ops(), i, List.of()), body.end()));
    }
    for (int i = 0; i < body.ops().size(); i++) {
      Op op = body.ops().get(i);
      for (int j = 0; j < op.inside().size(); j++) {
        Body inner = op.inside().get(j);
        if (unwraps) {
          all.add(body.with(replaced(body.ops(), i, inner.ops()), body.end()));
        }
        for (Body less : smaller(inner, unwraps)) {
          List<Body> inside = replaced(op.inside(), j, List.of(less));
          all.add(body.with(replaced(body.ops(), i, List.of(op.with(inside))), body.end()));
        }
      }
    }
    if (body.end() != End.NORMALLY) {
      all.add(body.with(body.ops(), End.NORMALLY));
    }
    return all;
  }

  private static <V> List<V> replaced(List<V> all, int at, List<V> by) {
    List<V> changed = new ArrayList<>(all);
    changed.remove(at);
    changed.addAll(at, by);
    return changed;
  }

  // ---- writing one

  private static final class Writer {
    private final RandomGenerator random;
    private final int opens;
    private int left;
    private int ids;

    /** What a program whose branches run at the same time leaves out. */
    private boolean concurrent;

    private boolean harmless;

    /** How many blocks with a transaction of their own on the other host are around. */
    private int aparts;

    Writer(RandomGenerator random) {
      this.random = random;
      this.left = 5 + random.nextInt(35);
      // some programs are deep and narrow
      this.opens = random.nextInt(4) == 0 ? 90 : 55;
    }

    Body body(int depth) {
      List<Op> ops = new ArrayList<>();
      int wanted = random.nextInt(depth == 0 ? 2 : 0, depth == 0 ? 7 : 5);
      while (wanted-- > 0 && left > 0) {
        left--;
        ops.add(op(depth + 1));
      }
      return new Body(ops, end(), ++ids);
    }

    private End end() {
      return switch (random.nextInt(20)) {
        case 0, 1 -> End.FAILING;
        case 2 -> End.FAILING_EXCUSED;
        default -> End.NORMALLY;
      };
    }

    // ---- at the same time

    Body concurrent() {
      concurrent = true;
      left = 10 + random.nextInt(50);
      Asked shared = new Asked(0, Propagation.REQUIRED, false, Op.Fault.NONE, ++ids);
      List<Op> ops = List.of(write(), together(2, 2 + random.nextInt(3)), write());
      Op within = new Op.Within(shared, new Body(ops, End.NORMALLY, ++ids));
      Op caught = new Op.Caught(new Body(List.of(within), End.NORMALLY, ++ids));
      return new Body(List.of(caught), End.NORMALLY, ++ids);
    }

    private Op write() {
      return new Op.Write(0, Op.Statement.WRITES, ++ids);
    }

    private Op together(int depth, int wanted) {
      List<Body> branches = new ArrayList<>();
      for (int i = 0; i < wanted; i++) {
        branches.add(beside(depth));
      }
      return new Op.Parallel(0, branches);
    }

    /** Steps that neither fail nor change anything for a neighbour. */
    private Body beside(int depth) {
      List<Op> ops = new ArrayList<>();
      for (int wanted = 1 + random.nextInt(4); wanted > 0 && left > 0; wanted--) {
        left--;
        ops.add(depth >= DEEPEST - 2 ? write() : harmless(depth + 1));
      }
      return new Body(ops, End.NORMALLY, ++ids);
    }

    private Op harmless(int depth) {
      return switch (random.nextInt(10)) {
        case 0, 1 -> write();
        case 2 -> new Op.Look();
        case 3 -> new Op.Within(quietly(Propagation.NOT_SUPPORTED), beside(depth));
        case 4 -> new Op.Within(quietly(Propagation.REQUIRED), beside(depth));
        case 5 -> new Op.InContext(ContextMode.INHERIT, List.of(), beside(depth));
        case 6 -> together(depth, random.nextInt(4));
        case 7, 8 -> apart(Propagation.NESTED, depth);
        default -> apart(Propagation.REQUIRES_NEW, depth);
      };
    }

    private Asked quietly(Propagation propagation) {
      return new Asked(0, propagation, false, Op.Fault.NONE, ++ids);
    }

    /**
     * Anything, in a block of its own, and with the other host in a transaction of its own. A loss
     * would be everybody's, so there is none in a NESTED one. A hook runs outside of the other
     * host's: it would meet the one around both, which the neighbours share.
     */
    private Op apart(Propagation propagation, int depth) {
      boolean wasHarmless = harmless;
      harmless |= propagation == Propagation.NESTED;
      aparts++;
      Body anything = body(depth);
      aparts--;
      harmless = wasHarmless;
      Asked other = new Asked(1, Propagation.REQUIRES_NEW, false, Op.Fault.NONE, ++ids);
      Op inBoth = new Op.Within(quietly(propagation), only(new Op.Within(other, anything)));
      // around both, since hooks run in the values of what is around their boundary
      return new Op.Caught(only(new Op.InContext(ContextMode.INHERIT, List.of(), only(inBoth))));
    }

    private Body only(Op op) {
      return new Body(List.of(op), End.NORMALLY, ++ids);
    }

    // ---- one after the other

    private Op op(int depth) {
      if (depth > DEEPEST || random.nextInt(100) >= opens) {
        return small();
      }
      return depth < DEEPEST && random.nextInt(5) < 2 ? swallowed(depth) : opening(depth);
    }

    /** What fails somewhere inside is often swallowed, or programs would end early. */
    private Op swallowed(int depth) {
      int id = ++ids;
      return new Op.Caught(new Body(List.of(opening(depth + 1)), End.NORMALLY, id));
    }

    private Op small() {
      return switch (random.nextInt(concurrent ? 13 : 17)) {
        case 13 -> new Op.Keep(host());
        case 14, 15 -> new Op.UseKept(host(), random.nextInt(8), statement(), ++ids);
        case 16 -> new Op.Refused(host(), ++ids);
        case 0, 1 -> new Op.Look();
        case 2 -> new Op.Value(random.nextInt(2), random.nextInt(4), random.nextBoolean());
        case 3, 4 -> new Op.Mark(host());
        case 5, 6 -> new Op.RunLater(where(), random.nextInt(8));
        default -> new Op.Write(host(), statement(), ++ids);
      };
    }

    private Op opening(int depth) {
      Op op = anyOpening(depth);
      boolean isLeftOut =
          op instanceof Op.Wrapped
              || op instanceof Op.Capture
              || op instanceof Op.BareThread
              || ((harmless || aparts > 1) && op instanceof Op.Hook);
      return concurrent && isLeftOut ? new Op.Look() : op;
    }

    private Op anyOpening(int depth) {
      return switch (random.nextInt(24)) {
        case 0, 1 -> new Op.InContext(mode(), leftOpen(), body(depth));
        case 2, 3, 4, 5, 6, 7, 8 -> new Op.Within(asked(), body(depth));
        case 9, 10, 11, 12, 13, 14 -> new Op.ByHand(asked(), ending(), body(depth));
        case 15 -> new Op.Wrapped(where(), false, leftOpen(), looking(body(depth)));
        case 16 -> new Op.Wrapped(where(), true, List.of(), looking(body(depth)));
        case 17, 18 -> new Op.Capture(looking(body(depth)));
        case 19 -> new Op.BareThread(body(depth));
        case 20, 21 -> parallel(depth);
        default -> new Op.Hook(host(), pick(Op.When.values()), body(depth), ++ids);
      };
    }

    /** What came along and what did not is the question there. */
    private static Body looking(Body body) {
      return body.with(
          Stream.concat(Stream.of(new Op.Look()), body.ops().stream()).toList(), body.end());
    }

    private Op parallel(int depth) {
      if (concurrent) {
        return together(depth, random.nextInt(4));
      }
      List<Body> branches = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        branches.add(body(depth));
      }
      return new Op.Parallel(host(), branches);
    }

    private Asked asked() {
      return new Asked(
          host(),
          propagation(),
          random.nextInt(5) == 0,
          fault(),
          ++ids,
          !concurrent && random.nextInt(5) == 0, // a refused branch cancels its neighbours
          random.nextInt(8) == 0);
    }

    /** Often those that begin or nest: else there would be little to join and to undo. */
    private Propagation propagation() {
      return switch (random.nextInt(6)) {
        case 0, 1 -> Propagation.REQUIRED;
        case 2 -> Propagation.NESTED;
        default -> pick(Propagation.values());
      };
    }

    private List<Asked> leftOpen() {
      return switch (random.nextInt(12)) {
        case 0 -> List.of(asked());
        case 1 -> List.of(asked(), asked());
        default -> List.of();
      };
    }

    private Op.Fault fault() {
      return harmless ? Op.Fault.NONE : anyFault();
    }

    private Op.Fault anyFault() {
      return random.nextInt(6) == 0 ? pick(Op.Fault.values()) : Op.Fault.NONE;
    }

    private Op.Statement statement() {
      Op.Statement statement = anyStatement();
      return harmless && statement == Op.Statement.LOSES ? Op.Statement.FAILS : statement;
    }

    private Op.Statement anyStatement() {
      return random.nextInt(8) == 0 ? pick(Op.Statement.values()) : Op.Statement.WRITES;
    }

    private Op.Ending ending() {
      return random.nextBoolean() ? Op.Ending.COMMIT : pick(Op.Ending.values());
    }

    private Op.Where where() {
      return pick(Op.Where.values());
    }

    private ContextMode mode() {
      return random.nextInt(4) == 0 ? null : pick(ContextMode.values());
    }

    /** Mostly the first, so that its boundaries meet. */
    private int host() {
      return random.nextInt(5) == 0 ? 1 : 0;
    }

    private <V> V pick(V[] values) {
      return values[random.nextInt(values.length)];
    }
  }
}
