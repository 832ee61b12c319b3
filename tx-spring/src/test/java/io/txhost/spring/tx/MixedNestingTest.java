package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Random programs of scopes of Spring's and boundaries of the host's in each other, held to a model
 * of which rows are kept, what leaves and who is told what.
 */
class MixedNestingTest extends Bridged {
  private static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 1_500);
  private static final long SEED = Long.getLong("txhost.test.seed", System.nanoTime());
  private static final int DEEPEST = 4;

  private final List<String> log = new ArrayList<>();
  private final List<Told> told = new ArrayList<>();
  private final TreeSet<String> kept = new TreeSet<>();
  private Random random = new Random(SEED);
  private int names;

  /** What the scope is in: a transaction, or a block of one with a savepoint. Null is neither. */
  private static final class Block {
    final @Nullable Block outer;
    final boolean readOnly;
    final boolean late;
    final TreeSet<String> rows = new TreeSet<>();
    final List<Told> told = new ArrayList<>();
    boolean marked;
    boolean markedByItsOwn;

    /** By its own status of Spring's: nobody else hears of it before the end. */
    boolean undoes;

    Block(@Nullable Block outer, boolean readOnly, boolean late) {
      this.outer = outer;
      this.readOnly = readOnly;
      this.late = late;
    }

    boolean isDoomed() {
      return marked || markedByItsOwn || late || (outer != null && outer.isDoomed());
    }

    Block whole() {
      return outer == null ? this : outer.whole();
    }
  }

  /** A synchronization, and what it is to hear. */
  private static final class Told implements TransactionSynchronization {
    final List<Integer> heard = new ArrayList<>();
    int commits;
    int expected = STATUS_ROLLED_BACK;

    @Override
    public void afterCommit() {
      commits++;
    }

    @Override
    public void afterCompletion(int status) {
      heard.add(status);
    }
  }

  private enum Entry {
    JOINS,
    BEGINS,
    NESTS,
    WITHOUT,
    REFUSED
  }

  @FunctionalInterface
  private interface Body {
    void run(@Nullable TransactionStatus status);
  }

  @Test
  void whatIsKeptAndWhatLeavesIsTheSameInEveryMixture() {
    for (int program = 0; program < PROGRAMS; program++) {
      long seed = SEED + program;
      random = new Random(seed);
      log.clear();
      told.clear();
      kept.clear();
      try {
        scope(0, null);
        theEndIs();
      } catch (Wrong wrong) {
        throw new AssertionError(programOf(seed), wrong);
      } catch (RuntimeException | Error leaving) {
        theEndIs(seed);
      }
      jdbc.execute("delete from item");
    }
  }

  private void theEndIs(long seed) {
    try {
      theEndIs();
    } catch (AssertionError wrong) {
      throw new AssertionError(programOf(seed), wrong);
    }
  }

  private String programOf(long seed) {
    return "-Dtxhost.test.programs=1 -Dtxhost.test.seed=" + seed + "\n" + String.join("\n", log);
  }

  private void theEndIs() {
    assertThat(new TreeSet<>(items())).as("rows").isEqualTo(kept);
    assertThat(connectionsOut()).as("connections").isZero();
    assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
    assertThat(told)
        .allSatisfy(
            one -> {
              assertThat(one.heard).containsExactly(one.expected);
              assertThat(one.commits)
                  .isEqualTo(one.expected == TransactionSynchronization.STATUS_COMMITTED ? 1 : 0);
            });
  }

  // ---- one scope

  private void scope(int depth, @Nullable Block here) {
    boolean springs = random.nextBoolean();
    Propagation mode = mode(here);
    boolean readOnly = random.nextInt(8) == 0;
    boolean late = mode == Propagation.REQUIRES_NEW && random.nextInt(10) == 0;
    Entry entry = entry(springs, mode, here);
    Block inside =
        switch (entry) {
          case JOINS -> here;
          case BEGINS -> new Block(null, readOnly, late);
          case NESTS -> new Block(here, here.readOnly, false);
          case WITHOUT, REFUSED -> null;
        };
    say(
        depth,
        (springs ? "Spring " : "host ")
            + mode
            + (readOnly ? " readOnly" : "")
            + (late ? " late" : "")
            + ": "
            + entry);
    boolean[] ran = {false};
    boolean[] marks = {false};
    Throwable[] thrown = {null};
    Body body =
        status -> {
          ran[0] = true;
          try {
            marks[0] = work(depth + 1, inside, entry, status);
          } catch (RuntimeException | Error failure) {
            thrown[0] = failure;
            throw failure;
          }
        };
    Throwable leaving = run(springs, mode, readOnly, late, body);
    say(depth, "leaves: " + leaving);
    if (leaving instanceof Wrong wrong) {
      throw wrong;
    }
    if (marks[0]) {
      here.marked = true;
    }
    ended(entry, here, inside, ran[0], thrown[0], leaving);
    isHere(here, "after the scope");
    if (leaving instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (leaving instanceof Error error) {
      throw error;
    }
  }

  /** Whether a block that is late is marked yet depends on what was tried in it. */
  private Propagation mode(@Nullable Block here) {
    if (here != null && here.late) {
      return random.nextBoolean() ? Propagation.REQUIRES_NEW : Propagation.NOT_SUPPORTED;
    }
    return Propagation.values()[random.nextInt(Propagation.values().length)];
  }

  private static Entry entry(boolean springs, Propagation mode, @Nullable Block here) {
    if (here == null) {
      return switch (mode) {
        case REQUIRED, REQUIRES_NEW, NESTED -> Entry.BEGINS;
        case SUPPORTS, NOT_SUPPORTED, NEVER -> Entry.WITHOUT;
        case MANDATORY -> Entry.REFUSED;
      };
    }
    return switch (mode) {
      case REQUIRES_NEW -> Entry.BEGINS;
      case NOT_SUPPORTED -> Entry.WITHOUT;
      case NEVER -> Entry.REFUSED;
      case NESTED -> here.isDoomed() ? Entry.REFUSED : Entry.NESTS;
      case REQUIRED, SUPPORTS, MANDATORY ->
          here.isDoomed() && !springs ? Entry.REFUSED : Entry.JOINS;
    };
  }

  private @Nullable Throwable run(
      boolean springs, Propagation mode, boolean readOnly, boolean late, Body body) {
    try {
      if (springs) {
        TransactionTemplate template = new TransactionTemplate(manager);
        template.setPropagationBehaviorName("PROPAGATION_" + mode);
        template.setReadOnly(readOnly);
        if (late) {
          template.setTimeout(0);
        }
        template.executeWithoutResult(body::run);
      } else {
        TransactionOptions options =
            TransactionOptions.defaults().propagation(mode).readOnly(readOnly);
        host.withTransaction(
            late ? options.timeout(Duration.ofNanos(1)) : options, () -> body.run(null));
      }
      return null;
    } catch (RuntimeException | Error leaving) {
      return leaving;
    }
  }

  /** Returns whether a scope of Spring's that has joined is to mark what it is in. */
  private boolean work(
      int depth, @Nullable Block here, Entry entry, @Nullable TransactionStatus status) {
    isHere(here, "in the scope");
    boolean marks = false;
    int steps = 1 + random.nextInt(4);
    for (int step = 0; step < steps; step++) {
      switch (random.nextInt(8)) {
        case 0, 1 -> write(depth, here, true);
        case 2 -> write(depth, here, false);
        case 3 -> register(here);
        case 4, 5, 6 -> {
          if (depth < DEEPEST) {
            inner(depth, here);
          }
        }
        default -> marks |= mark(depth, here, entry, status);
      }
    }
    if (random.nextInt(5) == 0) {
      say(depth, "throws");
      if (random.nextBoolean()) {
        throw new AssertionError("thrown by the work");
      }
      throw new IllegalStateException("thrown by the work");
    }
    return marks;
  }

  private void inner(int depth, @Nullable Block here) {
    boolean swallows = random.nextInt(3) > 0;
    try {
      scope(depth, here);
    } catch (Wrong wrong) {
      throw wrong;
    } catch (RuntimeException | Error failure) {
      if (!swallows) {
        throw failure;
      }
      say(depth, "swallowed");
    }
  }

  private void write(int depth, @Nullable Block here, boolean springs) {
    String name = "row" + names++;
    say(depth, (springs ? "Spring writes " : "host writes ") + name);
    boolean must = here == null ? springs : !here.readOnly && !here.isDoomed();
    try {
      if (springs) {
        springInserts(name);
      } else {
        hostInserts(name);
      }
    } catch (RuntimeException refused) {
      say(depth, "refused: " + refused);
      wrongIf(must, "a write was refused: " + refused);
      if (here != null && !here.readOnly) {
        here.marked = here.isDoomed();
      }
      throw refused;
    }
    wrongIf(here != null && (here.readOnly || here.late), "a write was not refused");
    (here == null ? kept : here.rows).add(name);
  }

  private void register(@Nullable Block here) {
    if (here != null) {
      Told one = new Told();
      TransactionSynchronizationManager.registerSynchronization(one);
      told.add(one);
      here.whole().told.add(one);
    }
  }

  private boolean mark(
      int depth, @Nullable Block here, Entry entry, @Nullable TransactionStatus status) {
    if (here == null || random.nextInt(3) > 0) {
      return false;
    }
    say(depth, "marks");
    if (status != null) {
      status.setRollbackOnly();
      here.undoes |= entry != Entry.JOINS;
      return entry == Entry.JOINS;
    }
    host.currentTransaction().orElseThrow().setRollbackOnly();
    here.marked |= entry == Entry.JOINS;
    here.markedByItsOwn |= entry != Entry.JOINS;
    return false;
  }

  // ---- what must have come of it

  private void ended(
      Entry entry,
      @Nullable Block here,
      @Nullable Block inside,
      boolean ran,
      @Nullable Throwable thrown,
      @Nullable Throwable leaving) {
    wrongIf(ran == (entry == Entry.REFUSED), "called: " + ran);
    switch (entry) {
      case REFUSED -> {
        wrongIf(leaving == null, "nothing was said of a refusal");
      }
      case WITHOUT -> wrongIf(leaving != thrown, "another failure leaves");
      case JOINS -> {
        wrongIf(thrown != null && leaving != thrown, "another failure leaves");
        wrongIf(thrown == null && leaving != null && !here.isDoomed(), "a failure out of nothing");
        here.marked |= thrown != null;
      }
      case BEGINS, NESTS -> {
        wrongIf(thrown != null && leaving != thrown, "another failure leaves");
        boolean keeps = thrown == null && !inside.isDoomed() && !inside.undoes;
        wrongIf(keeps && leaving != null, "what should be kept was not");
        wrongIf(
            !keeps && !inside.markedByItsOwn && !inside.undoes && leaving == null,
            "a false commit");
        if (keeps) {
          (entry == Entry.NESTS ? here.rows : kept).addAll(inside.rows);
          inside.told.forEach(one -> one.expected = TransactionSynchronization.STATUS_COMMITTED);
        }
      }
    }
  }

  private void isHere(@Nullable Block here, String when) {
    wrongIf(host.isTransactionActive() != (here != null), "the host's transaction " + when);
    wrongIf(isActiveForSpring() != (here != null), "Spring's transaction " + when);
    wrongIf(
        here != null
            && TransactionSynchronizationManager.isCurrentTransactionReadOnly()
                != here.whole().readOnly,
        "read-only " + when);
  }

  private void wrongIf(boolean wrong, String what) {
    if (wrong) {
      say(0, "WRONG: " + what);
      throw new Wrong(what);
    }
  }

  private void say(int depth, String what) {
    log.add("  ".repeat(depth) + what);
  }

  /** What the model does not allow. */
  private static final class Wrong extends AssertionError {
    private static final long serialVersionUID = 1L;

    Wrong(String what) {
      super(what);
    }
  }
}
