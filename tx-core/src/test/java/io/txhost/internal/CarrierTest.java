package io.txhost.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.NothingLeft;
import io.txhost.TransactionHost;
import io.txhost.context.Context;
import io.txhost.elsewhere.NoTransactions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The carrier itself: innermost wins, and nothing stays. */
@ExtendWith(NothingLeft.class)
class CarrierTest {
  private static final int PROGRAMS = 20_000;
  private static final int DEEPEST = 10;
  private static final RandomGeneratorFactory<RandomGenerator> RANDOMS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final Carrier carrier = CarrierChoice.of(System.getProperty(Carrier.PROPERTY));

  private Frame frame() {
    return new Frame(carrier.top(), null);
  }

  @Test
  void whatWasCurrentIsAgainWhateverTheBodyThrows() {
    Frame outer = frame();
    for (Throwable failure :
        List.of(new IOException("a"), new IllegalStateException("b"), new Error("c"))) {
      carrier.<Object, RuntimeException>bind(
          outer,
          () -> {
            assertThatThrownBy(
                    () ->
                        carrier.<Object, Throwable>bind(
                            frame(),
                            () -> {
                              throw failure;
                            }))
                .isSameAs(failure);
            assertThat(carrier.top()).isSameAs(outer);
            return "done";
          });
      assertThat(carrier.top()).isSameAs(Frame.ROOT);
    }
  }

  @Test
  void whatABodyInstalledAndLeftIsAbandonedAndTheBodysFailure() {
    Frame outer = new Frame(Carrier.current(), "the context");
    assertThatThrownBy(
            () ->
                Carrier.<Object, RuntimeException>call(
                    outer,
                    () -> {
                      Carrier.install(new Frame(outer, "first"));
                      Carrier.install(new Frame(Carrier.current(), "second"));
                      return "done";
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("second was left open in the context");
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void whatAFailingBodyInstalledAndLeftIsAbandonedQuietly() {
    IOException failure = new IOException("body");
    assertThatThrownBy(
            () ->
                Carrier.<Object, IOException>call(
                    new Frame(Carrier.current(), null),
                    () -> {
                      Carrier.install(new Frame(Carrier.current(), null));
                      throw failure;
                    }))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();
    assertThat(Carrier.current()).isSameAs(Frame.ROOT);
  }

  @Test
  void framesSayWhatTheyAre() {
    assertThat(Frame.ROOT).hasToString("code outside any context");
    assertThat(new DetachedFrame(Frame.ROOT, new CapturedContext("context x", List.of(), false)))
        .hasToString("wrapped work of context x");
    assertThat(new Frame(Frame.ROOT, null).owner()).isSameAs(Thread.currentThread());
    assertThat(Frame.ROOT.capture()).isEmpty();
  }

  @Test
  void randomProgramsOfBindingInstallingAndSnapshotsFollowAPlainStack() { // D8
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.println("CarrierTest seed " + seed + " on carrier " + carrier);
    for (int i = 0; i < PROGRAMS; i++) {
      RandomGenerator random = RANDOMS.create(seed + i);
      Deque<Entry> stack = new ArrayDeque<>(List.of(new Entry(Frame.ROOT, Kind.BOUND)));
      try {
        program(random, stack, new ArrayDeque<>(), 0);
        assertThat(stack).hasSize(1);
        assertThat(carrier.top()).isSameAs(Frame.ROOT);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("program with -Dtxhost.test.seed=" + (seed + i), e);
      }
    }
  }

  /** What is on the stack of the model. */
  private record Entry(Frame frame, Kind kind) {}

  private enum Kind {
    BOUND,
    INSTALLED,
    RESTORED
  }

  /** A restored snapshot, and the snapshot that is to be put back. */
  private record Scope(Frame frame, Snapshot previous) {
    static Scope opened() {
      Snapshot previous = Snapshot.take();
      if (previous == null) {
        Snapshot.installNothing();
      } else {
        previous.install();
      }
      return new Scope(Carrier.current(), previous);
    }

    void close() {
      if (previous == null) {
        Snapshot.putBackNothing();
      } else {
        previous.putBack();
      }
    }
  }

  /** Leaves frames behind only inside a binding, whose end takes them away. */
  private void program(RandomGenerator random, Deque<Entry> stack, Deque<Scope> open, int depth) {
    int before = stack.size();
    for (int steps = random.nextInt(5); steps > 0; steps--) {
      check(stack);
      switch (random.nextInt(6)) {
        case 0, 1 -> bind(random, stack, open, depth);
        case 2 -> {
          Frame frame = frame();
          Carrier.install(frame);
          stack.push(new Entry(frame, Kind.INSTALLED));
        }
        case 3 -> {
          if (stack.size() > before && stack.element().kind() == Kind.INSTALLED) {
            carrier.pop(stack.pop().frame());
          }
        }
        case 4 -> {
          Scope scope = Scope.opened();
          stack.push(new Entry(scope.frame(), Kind.RESTORED));
          open.push(scope);
        }
        default -> {
          if (!open.isEmpty()) {
            // any that is open, so also an outer one first, and from inside of what was bound in it
            List<Scope> all = new ArrayList<>(open);
            Scope scope = all.get(random.nextInt(all.size()));
            open.remove(scope);
            scope.close();
            closed(stack, scope.frame());
          }
        }
      }
    }
    check(stack);
    boolean leaks = depth > 0 && random.nextInt(3) == 0;
    while (stack.size() > before && !leaks) {
      check(stack);
      Entry top = stack.pop();
      if (top.kind() == Kind.RESTORED) {
        Scope scope = open.stream().filter(s -> s.frame() == top.frame()).findFirst().orElseThrow();
        open.remove(scope);
        scope.close();
      } else {
        carrier.pop(top.frame());
      }
    }
  }

  private void check(Deque<Entry> stack) {
    assertThat(carrier.top()).isSameAs(stack.element().frame());
  }

  /**
   * Up to the innermost binding that the scope is around of, if there is one, only restored ones
   * go; else all that is inside the scope.
   */
  private static void closed(Deque<Entry> stack, Frame frame) {
    List<Entry> outwards = new ArrayList<>(stack);
    int scope = 0;
    while (scope < outwards.size() && outwards.get(scope).frame() != frame) {
      scope++;
    }
    if (scope == outwards.size()) {
      return; // gone with what was around it
    }
    int bound = scope;
    while (bound >= 0 && outwards.get(bound).kind() != Kind.BOUND) {
      bound--;
    }
    for (int i = scope; i > bound; i--) {
      if (bound < 0 || outwards.get(i).kind() == Kind.RESTORED) {
        stack.remove(outwards.get(i));
      }
    }
  }

  private void bind(RandomGenerator random, Deque<Entry> stack, Deque<Scope> open, int depth) {
    if (depth >= DEEPEST) {
      return;
    }
    Entry bound = new Entry(frame(), Kind.BOUND);
    stack.push(bound);
    boolean throwing = random.nextInt(4) == 0;
    try {
      carrier.<Object, IllegalStateException>bind(
          bound.frame(),
          () -> {
            program(random, stack, open, depth + 1);
            if (throwing) {
              throw new IllegalStateException("thrown");
            }
            return "done";
          });
    } catch (IllegalStateException e) {
      assertThat(throwing).isTrue();
    }
    while (stack.pop() != bound) {
      // left behind inside it
    }
  }

  // ---- the choice

  @Test
  void theBestThatThisJavaHasIsChosenUnlessAsked() {
    String asked = System.getProperty(Carrier.PROPERTY);
    String best = hasScopedValues() ? "scoped-value" : "thread-local";
    assertThat(Carrier.name()).isEqualTo(asked == null ? best : asked);
    assertThat(CarrierChoice.of("thread-local")).hasToString("thread-local");
  }

  @Test
  void aCarrierAskedForAndAbsentIsAnErrorThatSaysWhatCanBeHad() {
    for (String absent :
        hasScopedValues() ? List.of("nonsense", "") : List.of("nonsense", "", "scoped-value")) {
      Carrier chosen = CarrierChoice.of(absent);
      assertThatThrownBy(chosen::top)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("TXH-401")
          .hasMessageContaining("txhost.carrier=" + absent)
          .hasMessageContaining("thread-local");
    }
  }

  private static boolean hasScopedValues() {
    // the versioned classes are there only in the jar
    try {
      Class.forName("io.txhost.internal.ScopedValueCarrier");
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** What a program with the wrong carrier runs into, at each use again. */
  static final class Started {
    private Started() {}

    public static void main(String[] arguments) {
      boolean isRefused = false;
      for (int i = 0; i < 2; i++) {
        isRefused |= isRefused("host", () -> TransactionHost.create(new NoTransactions()));
        isRefused |= isRefused("context", () -> Context.run(() -> {}));
      }
      System.out.println("carrier " + Carrier.name());
      System.exit(isRefused ? 1 : 0);
    }

    private static boolean isRefused(String what, Runnable use) {
      try {
        use.run();
        return false;
      } catch (Throwable refusal) {
        System.out.println(what + ": " + refusal);
        return true;
      }
    }
  }

  @Test
  void anAbsentCarrierIsRefusedWhenAHostIsBuiltOrAContextOpenedAndEachTimeByItsCode()
      throws Exception {
    assertRefusedTwice(outputWith("nonsense"));
    assertRefusedTwice(outputWith(""));
    assertThat(outputWith("thread-local")).contains("carrier thread-local");
    if (hasScopedValues()) {
      assertThat(outputWith("scoped-value")).contains("carrier scoped-value");
    } else {
      String output = outputWith("scoped-value");
      assertRefusedTwice(output);
      assertThat(output).contains("Java 25").contains("Multi-Release");
    }
  }

  private static void assertRefusedTwice(String output) {
    assertThat(output)
        .contains("carrier absent")
        .doesNotContain("NoClassDefFoundError")
        .doesNotContain("ExceptionInInitializerError");
    for (String use : List.of("host", "context")) {
      assertThat(output.lines().filter(line -> line.startsWith(use)))
          .hasSize(2)
          .allMatch(line -> line.startsWith(use + ": java.lang.IllegalStateException: TXH-401 "));
    }
  }

  private static String outputWith(String asked) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + Carrier.PROPERTY + "=" + asked,
                "-cp",
                System.getProperty("java.class.path"),
                Started.class.getName())
            .redirectErrorStream(true)
            .start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor() == 0).as(text).isEqualTo(!text.contains("TXH-401"));
      return text;
    }
  }
}
