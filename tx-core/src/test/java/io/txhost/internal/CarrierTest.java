package io.txhost.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.NothingLeft;
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
    assertThat(new DetachedFrame(Frame.ROOT, "context x", List.of()))
        .hasToString("wrapped work of context x");
    assertThat(new Frame(Frame.ROOT, null).owner()).isSameAs(Thread.currentThread());
    assertThat(Frame.ROOT.capture()).isEmpty();
  }

  @Test
  void randomProgramsOfBindingAndInstallingFollowAPlainStack() { // D8
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.println("CarrierTest seed " + seed + " on carrier " + carrier);
    for (int i = 0; i < PROGRAMS; i++) {
      RandomGenerator random = RANDOMS.create(seed + i);
      Deque<Frame> stack = new ArrayDeque<>(List.of(Frame.ROOT));
      try {
        program(random, stack, 0);
        assertThat(stack).hasSize(1);
        assertThat(carrier.top()).isSameAs(Frame.ROOT);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("program with -Dtxhost.test.seed=" + (seed + i), e);
      }
    }
  }

  /** Leaves installed frames behind only inside a binding, whose end takes them away. */
  private void program(RandomGenerator random, Deque<Frame> stack, int depth) {
    int installed = 0;
    for (int steps = random.nextInt(5); steps > 0; steps--) {
      assertThat(carrier.top()).isSameAs(stack.peek());
      switch (random.nextInt(4)) {
        case 0, 1 -> bind(random, stack, depth);
        case 2 -> {
          Frame frame = frame();
          carrier.push(frame);
          stack.push(frame);
          installed++;
        }
        default -> {
          if (installed > 0) {
            carrier.pop(stack.pop());
            installed--;
          }
        }
      }
    }
    assertThat(carrier.top()).isSameAs(stack.peek());
    boolean leaks = depth > 0 && random.nextInt(3) == 0;
    for (; installed > 0 && !leaks; installed--) {
      assertThat(carrier.top()).isSameAs(stack.peek());
      carrier.pop(stack.pop());
    }
  }

  private void bind(RandomGenerator random, Deque<Frame> stack, int depth) {
    if (depth >= DEEPEST) {
      return;
    }
    List<Frame> before = new ArrayList<>(stack);
    boolean throwing = random.nextInt(4) == 0;
    try {
      carrier.<Object, IllegalStateException>bind(
          pushed(stack, frame()),
          () -> {
            program(random, stack, depth + 1);
            if (throwing) {
              throw new IllegalStateException("thrown");
            }
            return "done";
          });
    } catch (IllegalStateException e) {
      assertThat(throwing).isTrue();
    }
    while (stack.size() > before.size()) {
      stack.pop();
    }
    assertThat(new ArrayList<>(stack)).isEqualTo(before);
  }

  private static Frame pushed(Deque<Frame> stack, Frame frame) {
    stack.push(frame);
    return frame;
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
      assertThatThrownBy(() -> CarrierChoice.of(absent))
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

  /** What a program with the wrong carrier runs into. */
  static final class Started {
    private Started() {}

    public static void main(String[] arguments) {
      System.out.println("carrier " + Carrier.name());
    }
  }

  @Test
  void aProgramThatAsksForAnAbsentCarrierDoesNotStart() throws Exception {
    assertThat(outputWith("nonsense")).contains("TXH-401").doesNotContain("carrier thread-local");
    assertThat(outputWith("thread-local")).contains("carrier thread-local");
    if (hasScopedValues()) {
      assertThat(outputWith("scoped-value")).contains("carrier scoped-value");
    } else {
      assertThat(outputWith("scoped-value")).contains("TXH-401").contains("Java 25");
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
