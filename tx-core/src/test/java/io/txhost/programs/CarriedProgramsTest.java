package io.txhost.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.NothingLeft;
import io.txhost.internal.Carrier;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random programs on the hosts and on a plain reference: what is seen after each step, what is
 * thrown, how each transaction ends and which rows are kept must be the same.
 *
 * <p>One program alone: {@code -Dtxhost.test.seed=<its seed> -Dtxhost.test.programs=1}.
 */
@ExtendWith(NothingLeft.class)
class CarriedProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 20_000);
  private static final int MOST_SMALLER = 3_000;
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();

  /** Held, since the log manager does not: thousands of hooks fail on purpose. */
  private static final Logger LOG = Logger.getLogger("io.txhost");

  private static final Level USUAL = LOG.getLevel();

  @BeforeAll
  static void beQuiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void end() {
    LOG.setLevel(USUAL);
    THREADS.shutdownNow();
  }

  @Test
  void theHostsDoWhatThePlainReferenceSaysAndEverythingIsBackAfterwards() { // D8, B1, C7
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.println("CarriedProgramsTest seed " + seed + " on carrier " + Carrier.name());
    long began = System.nanoTime();
    Map<String, Integer> met = new TreeMap<>();
    long steps = 0;
    int deepest = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      Program program = Program.of(seed + i);
      Reference reference = new Reference();
      String wrong = wrong(program, reference);
      if (wrong != null) {
        throw new AssertionError(report(program, wrong));
      }
      reference.met.forEach((cell, times) -> met.merge(cell, times, Integer::sum));
      steps += program.size();
      deepest = Math.max(deepest, program.depth());
    }
    System.out.printf(
        "CarriedProgramsTest %d programs, %d steps, deepest %d, %s, table met %s%n",
        PROGRAMS, steps, deepest, Duration.ofNanos(System.nanoTime() - began), met);
    if (PROGRAMS >= 5_000) {
      assertThat(met).as("every cell of the table is met").hasSize(7 * 4);
      assertThat(deepest).isEqualTo(Program.DEEPEST);
    }
  }

  /** Null if the hosts do what the reference says. */
  private static String wrong(Program program, Reference reference) {
    OnHosts hosts = new OnHosts(THREADS);
    reference.run(program);
    hosts.run(program);
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
    return hosts.complaints().isEmpty() ? null : "complaints " + hosts.complaints();
  }

  private static String report(Program failing, String wrong) {
    Program smallest = failing;
    String why = wrong;
    int tried = 0;
    boolean shrank = true;
    while (shrank) {
      shrank = false;
      for (Program smaller : smallest.smaller()) {
        String still = tried++ > MOST_SMALLER ? null : wrong(smaller, new Reference());
        if (still != null) {
          smallest = smaller;
          why = still;
          shrank = true;
          break;
        }
      }
    }
    return "-Dtxhost.test.seed="
        + failing.seed()
        + " -Dtxhost.test.programs=1\n"
        + wrong
        + "\nWhat is needed of it:\n"
        + smallest
        + why;
  }
}
