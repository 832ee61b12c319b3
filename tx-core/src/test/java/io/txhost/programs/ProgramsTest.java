package io.txhost.programs;

import io.txhost.NothingLeft;
import io.txhost.internal.Carrier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs random programs, each of its own seed. Of one that fails it finds the smallest part that
 * still does.
 *
 * <p>One program alone: {@code -Dtxhost.test.seed=<its seed> -Dtxhost.test.programs=1}.
 */
@ExtendWith(NothingLeft.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProgramsTest {
  static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 20_000);

  private static final int MOST_SMALLER = 3_000;
  private static final Duration LONGEST_SEARCH = Duration.ofMinutes(1);

  final ExecutorService threads = Executors.newCachedThreadPool();

  /** Held, since the log manager does not: thousands of hooks fail on purpose. */
  private final Logger log = Logger.getLogger("io.txhost");

  private final @Nullable Level usual = log.getLevel();

  @BeforeAll
  void beQuiet() {
    log.setLevel(Level.OFF);
  }

  @AfterAll
  void end() {
    log.setLevel(usual);
    threads.shutdownNow();
  }

  interface Check {
    /** What is wrong with it, or null. */
    @Nullable String wrong(Program program);
  }

  /** How programs are written, and made smaller when one fails. */
  enum Kind {
    IN_TURN(Program::of, Program::smaller, 1),

    /** What is wrong with one of these may need branches that meet by chance. */
    AT_THE_SAME_TIME(Program::concurrent, Program::withLess, 20);

    private final LongFunction<Program> writer;
    private final Function<Program, List<Program>> smaller;

    /** How often one is run that may fail. */
    private final int tries;

    Kind(LongFunction<Program> writer, Function<Program, List<Program>> smaller, int tries) {
      this.writer = writer;
      this.smaller = smaller;
      this.tries = tries;
    }

    private String howFar() {
      return tries == 1 ? "" : ", as far as " + tries + " runs of each smaller part can tell";
    }
  }

  /** Fails with the seed of the first program that something is wrong with. */
  static void each(String what, int programs, Kind kind, Check check) {
    each(what, programs, kind, program -> true, check);
  }

  /**
   * Fails with the seed of the first program that something is wrong with.
   *
   * @param isMeant whether the check holds of a part of a program, too
   */
  static void each(String what, int programs, Kind kind, Predicate<Program> isMeant, Check check) {
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.printf("%s: seed %d on carrier %s%n", what, seed, Carrier.name());
    long began = System.nanoTime();
    long steps = 0;
    for (int i = 0; i < programs; i++) {
      Program program = kind.writer.apply(seed + i);
      String wrong = check.wrong(program);
      if (wrong != null) {
        throw new AssertionError(
            "-Dtxhost.test.seed="
                + (seed + i)
                + " -Dtxhost.test.programs=1\n"
                + wrong
                + needed(program, kind, isMeant, check));
      }
      steps += program.size();
    }
    System.out.printf(
        "%s: %d programs, %d steps, %s%n",
        what, programs, steps, Duration.ofNanos(System.nanoTime() - began));
  }

  // ---- what is needed of one that fails

  private static String needed(
      Program failing, Kind kind, Predicate<Program> isMeant, Check check) {
    long until = System.nanoTime() + LONGEST_SEARCH.toNanos();
    Program smallest = failing;
    String why = wrongAgain(failing, kind, check, until);
    if (why == null) {
      return "\nRun again, up to " + kind.tries + " times, it did not fail. All of it:\n" + failing;
    }
    int tried = 0;
    boolean shrank = true;
    while (shrank) {
      shrank = false;
      for (Program smaller : kind.smaller.apply(smallest)) {
        boolean goesOn = tried++ <= MOST_SMALLER && isMeant.test(smaller);
        String still = goesOn ? wrongAgain(smaller, kind, check, until) : null;
        if (still != null) {
          smallest = smaller;
          why = still;
          shrank = true;
          break;
        }
      }
    }
    return "\nWhat is needed of it" + kind.howFar() + ":\n" + smallest + why;
  }

  private static @Nullable String wrongAgain(Program program, Kind kind, Check check, long until) {
    String wrong = null;
    for (int i = 0; i < kind.tries && wrong == null && System.nanoTime() < until; i++) {
      wrong = check.wrong(program);
    }
    return wrong;
  }

  /** Null if the hosts did what the reference says, and kept the same rows in the same order. */
  static @Nullable String difference(Reference reference, OnHosts hosts) {
    String difference = reference.trace().difference(hosts.trace());
    if (difference != null) {
      return difference;
    }
    for (int host = 0; host < 2; host++) {
      if (!reference.kept(host).equals(hosts.kept(host))) {
        return "rows of host "
            + host
            + ": "
            + reference.kept(host)
            + " should be kept, but "
            + hosts.kept(host)
            + " are";
      }
    }
    return complaints(hosts);
  }

  static @Nullable String complaints(OnHosts hosts) {
    return hosts.complaints().isEmpty() ? null : "complaints " + hosts.complaints();
  }
}
