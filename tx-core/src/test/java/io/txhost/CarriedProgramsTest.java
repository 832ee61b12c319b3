package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.RecordingAdapter.Db;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Random programs of contexts, boundaries, begin and close, wrapped work, snapshots and exceptions,
 * checked at each step against a model that is a plain stack.
 */
class CarriedProgramsTest extends CoreTest {
  private static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 5_000);
  private static final int DEEPEST = 10;
  private static final RandomGeneratorFactory<RandomGenerator> RANDOMS =
      RandomGeneratorFactory.of("L64X128MixRandom");
  private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().build();
  private static final ContextKey<Integer> VALUE = ContextKey.of("value", Integer.class);

  private final RecordingAdapter secondAdapter = new RecordingAdapter();
  private final TransactionHost<Db> second =
      TransactionHost.builder(secondAdapter).name("second").build();
  private int names;

  /** A transaction or a NESTED block, as it should be. */
  private static final class Block {
    final String transaction;
    final boolean nested;
    int joins;
    boolean marked;
    boolean failed;

    Block(String transaction, boolean nested) {
      this.transaction = transaction;
      this.nested = nested;
    }
  }

  /** A context, as it should be. */
  private static final class Values {
    int value;
  }

  /** What should be active for one host: a block, or none; and whether one was left behind. */
  private record Active(Block block, boolean detached) {
    static final Active NOTHING = new Active(null, false);

    Here here() {
      if (block != null) {
        return block.marked || block.failed ? Here.MARKED : Here.ACTIVE;
      }
      return detached ? Here.DETACHED : Here.NONE;
    }

    Active captured() {
      return block != null || detached ? new Active(null, true) : NOTHING;
    }
  }

  /** What should be current. */
  private record Model(Values values, Active first, Active second) {
    Model with(Values changed) {
      return new Model(changed, first, second);
    }

    Model with(boolean ofFirst, Active changed) {
      return ofFirst ? new Model(values, changed, second) : new Model(values, first, changed);
    }

    Active of(boolean ofFirst) {
      return ofFirst ? first : second;
    }
  }

  private static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private interface Program {
    void run();
  }

  @Test
  void theInnermostWinsAndEverythingIsBackAfterwards() { // D8
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.println("CarriedProgramsTest seed " + seed + " on carrier " + Carrier.name());
    for (int i = 0; i < PROGRAMS; i++) {
      RandomGenerator random = RANDOMS.create(seed + i);
      Model nothing = new Model(null, Active.NOTHING, Active.NOTHING);
      try {
        catchThrown(() -> block(random, nothing, 0));
        assertThat(Carrier.current()).isSameAs(Frame.ROOT);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("program with -Dtxhost.test.seed=" + (seed + i), e);
      }
    }
    assertThat(secondAdapter.complaints()).isEmpty();
  }

  private static Throwable catchThrown(Program program) {
    try {
      program.run();
      return null;
    } catch (Thrown | UnexpectedRollbackException e) {
      return e;
    }
  }

  /** Up to four steps; may throw. */
  private void block(RandomGenerator random, Model model, int depth) {
    check(model);
    int steps = depth >= DEEPEST ? 0 : random.nextInt(4);
    for (int i = 0; i < steps; i++) {
      boolean caught = random.nextInt(3) > 0;
      Throwable thrown = catchThrown(() -> step(random, model, depth + 1));
      check(model);
      if (thrown != null && !caught) {
        throw (RuntimeException) thrown;
      }
    }
    if (random.nextInt(8) == 0) {
      throw new Thrown();
    }
  }

  private void step(RandomGenerator random, Model model, int depth) {
    boolean first = random.nextInt(4) > 0;
    switch (random.nextInt(10)) {
      case 0, 1 -> context(random, model, depth);
      case 2, 3, 4 -> boundary(random, model, first, depth);
      case 5, 6 -> byHand(random, model, first, depth);
      case 7 -> wrapped(random, model, depth);
      case 8 -> bareThread(random, model, depth);
      default -> change(random, model, first);
    }
  }

  private void check(Model model) {
    assertThat(Context.isActive()).isEqualTo(model.values() != null);
    if (model.values() != null) {
      assertThat(Context.current().get(VALUE).orElse(0)).isEqualTo(model.values().value);
    }
    check(host, model.first());
    check(second, model.second());
  }

  private static void check(TransactionHost<Db> host, Active active) {
    assertThat(host.isTransactionActive()).isEqualTo(active.block() != null);
    if (active.block() != null) {
      Transaction here = host.currentTransaction().orElseThrow();
      assertThat(here.name()).isEqualTo(active.block().transaction);
      assertThat(here.isNested()).isEqualTo(active.block().nested);
      assertThat(here.isRollbackOnly()).isEqualTo(active.here() == Here.MARKED);
    }
    assertThat(catchThrowable(host::tx) instanceof DetachedTransactionException)
        .isEqualTo(active.here() == Here.DETACHED);
  }

  private void change(RandomGenerator random, Model model, boolean first) {
    Block block = model.of(first).block();
    if (random.nextBoolean() && model.values() != null) {
      model.values().value = random.nextInt(1, 1000);
      Context.current().set(VALUE, model.values().value);
    } else if (block != null && random.nextInt(3) == 0) {
      if (block.joins > 0) {
        block.failed = true;
      } else {
        block.marked = true;
      }
      host(first).currentTransaction().orElseThrow().setRollbackOnly();
    }
  }

  private TransactionHost<Db> host(boolean first) {
    return first ? host : second;
  }

  // ---- contexts

  private void context(RandomGenerator random, Model model, int depth) {
    if (random.nextInt(4) == 0) {
      Context.<Void, RuntimeException>exit(
          () -> {
            block(random, model.with((Values) null), depth);
            return null;
          });
      return;
    }
    ContextMode mode = ContextMode.values()[random.nextInt(3)];
    Values values = new Values();
    if (model.values() != null && mode == ContextMode.INHERIT) {
      values.value = model.values().value;
    }
    Values seen = model.values() != null && mode == ContextMode.REUSE ? model.values() : values;
    Context.run(mode, () -> block(random, model.with(seen), depth));
  }

  private void wrapped(RandomGenerator random, Model model, int depth) {
    Model inside = new Model(model.values(), model.first().captured(), model.second().captured());
    Runnable body = () -> block(random, inside, depth);
    Runnable task = random.nextBoolean() ? Context.wrap(body) : SNAPSHOTS.captureAll().wrap(body);
    if (random.nextBoolean()) {
      task.run();
    } else {
      onAnotherThread(task);
    }
  }

  private void bareThread(RandomGenerator random, Model model, int depth) {
    Model nothing = new Model(null, Active.NOTHING, Active.NOTHING);
    onAnotherThread(() -> block(random, nothing, depth));
  }

  private static void onAnotherThread(Runnable task) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Frame> left = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                thrown.set(e);
              }
              left.set(Carrier.current());
            });
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(left.get()).isSameAs(Frame.ROOT);
    if (thrown.get() != null) {
      throw RecordingAdapter.<RuntimeException>sneaky(thrown.get());
    }
  }

  // ---- boundaries

  /** What a boundary should come to, decided while it runs. */
  private static final class Expected {
    Throwable thrownInside;
  }

  private void boundary(RandomGenerator random, Model model, boolean first, int depth) {
    Propagation asked = Propagation.values()[random.nextInt(Propagation.values().length)];
    String name = "n" + ++names;
    Active active = model.of(first);
    Step step = Step.of(asked, active.here());
    Model inside = inside(model, first, step, name);
    Expected expected = new Expected();
    enter(step, inside, first);
    Throwable thrown =
        catchThrowable(
            () ->
                host(first)
                    .withTransaction(as(asked, name), () -> body(random, inside, depth, expected)));
    leave(step, inside, first, expected.thrownInside != null);
    verify(step, inside.of(first).block(), expected.thrownInside, thrown);
  }

  private Model inside(Model model, boolean first, Step step, String name) {
    Active active = model.of(first);
    return switch (step) {
      case BEGIN -> model.with(first, new Active(new Block(name, false), false));
      case NEST ->
          model.with(first, new Active(new Block(active.block().transaction, true), false));
      case WITHOUT -> model.with(first, Active.NOTHING);
      default -> model;
    };
  }

  private static void enter(Step step, Model inside, boolean first) {
    if (step == Step.JOIN) {
      inside.of(first).block().joins++;
    }
  }

  private static void leave(Step step, Model inside, boolean first, boolean failed) {
    if (step == Step.JOIN) {
      inside.of(first).block().joins--;
      inside.of(first).block().failed |= failed;
    }
  }

  private void body(RandomGenerator random, Model inside, int depth, Expected expected) {
    try {
      block(random, inside, depth);
    } catch (Thrown | UnexpectedRollbackException e) {
      expected.thrownInside = e;
      throw e;
    }
  }

  private static void verify(Step step, Block block, Throwable thrownInside, Throwable thrown) {
    switch (step) {
      case REFUSE_NONE_ACTIVE ->
          assertThat(thrown).isInstanceOf(TransactionRequiredException.class);
      case REFUSE_ACTIVE ->
          assertThat(thrown).isInstanceOf(TransactionAlreadyActiveException.class);
      case REFUSE_MARKED -> assertThat(thrown).isInstanceOf(UnexpectedRollbackException.class);
      case REFUSE_DETACHED -> assertThat(thrown).isInstanceOf(DetachedTransactionException.class);
      case BEGIN, NEST -> {
        if (thrownInside == null && block.failed) {
          assertThat(thrown).isInstanceOf(UnexpectedRollbackException.class);
        } else {
          assertThat(thrown).isSameAs(thrownInside);
        }
        rethrow(thrown);
      }
      case JOIN, WITHOUT, PLAIN -> {
        assertThat(thrown).isSameAs(thrownInside);
        rethrow(thrown);
      }
    }
  }

  private static void rethrow(Throwable thrown) {
    if (thrown != null) {
      throw RecordingAdapter.<RuntimeException>sneaky(thrown);
    }
  }

  private void byHand(RandomGenerator random, Model model, boolean first, int depth) {
    Propagation asked = Propagation.values()[random.nextInt(Propagation.values().length)];
    String name = "n" + ++names;
    Step step = Step.of(asked, model.of(first).here());
    AtomicReference<ManualTransaction> manual = new AtomicReference<>();
    Throwable refused = catchThrowable(() -> manual.set(host(first).begin(as(asked, name))));
    if (refused != null) {
      verify(step, null, null, refused);
      return;
    }
    Model inside = inside(model, first, step, name);
    enter(step, inside, first);
    Throwable thrownInside = catchThrown(() -> block(random, inside, depth));
    boolean commits = thrownInside == null && random.nextInt(4) > 0;
    leave(step, inside, first, !commits);
    Throwable thrown = catchThrowable(commits ? manual.get()::commit : manual.get()::close);
    if (commits) {
      verify(step, inside.of(first).block(), null, thrown);
    } else {
      assertThat(thrown).isNull();
      rethrow(thrownInside);
    }
  }
}
