package io.txhost.programs;

import io.txhost.NothingLeft;
import io.txhost.internal.Carrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random programs whose branches run at the same time on one connection. However they are
 * interleaved, each branch sees what it would see alone, and the rows kept are the reference's;
 * where a branch fails, none of the transaction's rows is kept.
 *
 * <p>One program alone: {@code -Dtxhost.test.seed=<its seed> -Dtxhost.test.programs=1}.
 */
@ExtendWith(NothingLeft.class)
class ConcurrentProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 20_000) / 40 + 1;
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
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

  private interface Check {
    /** What is wrong with it, or null. */
    String wrong(Program program);
  }

  private static void each(String what, Check check) {
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.printf("%s: seed %d on carrier %s%n", what, seed, Carrier.name());
    long began = System.nanoTime();
    long steps = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      Program program = Program.concurrent(seed + i);
      String wrong = check.wrong(program);
      if (wrong != null) {
        throw new AssertionError(
            "-Dtxhost.test.seed=" + (seed + i) + " -Dtxhost.test.programs=1\n" + program + wrong);
      }
      steps += program.size();
    }
    System.out.printf(
        "%s: %d programs, %d steps, %s%n",
        what, PROGRAMS, steps, Duration.ofNanos(System.nanoTime() - began));
  }

  @Test
  void branchesAtTheSameTimeDoWhatTheyWouldDoOneAfterTheOther() { // D3, D4, D5
    each("branches at the same time", ConcurrentProgramsTest::differing);
  }

  private static String differing(Program program) {
    Map<Integer, Trace> expected = new ConcurrentHashMap<>();
    Map<Integer, Trace> actual = new ConcurrentHashMap<>();
    Reference reference = new Reference(expected);
    OnHosts hosts = new OnHosts(THREADS, actual);
    reference.run(program);
    hosts.run(program);
    String difference = reference.trace().difference(hosts.trace());
    if (difference != null) {
      return difference;
    }
    for (Map.Entry<Integer, Trace> branch : expected.entrySet()) {
      String inside =
          branch.getValue().difference(actual.getOrDefault(branch.getKey(), new Trace()));
      if (inside != null) {
        return "branch " + branch.getKey() + ": " + inside;
      }
    }
    for (int host = 0; host < 2; host++) {
      List<Integer> kept = sorted(hosts.kept(host));
      if (!kept.equals(sorted(reference.kept(host)))) {
        return "kept are " + kept + " and not " + sorted(reference.kept(host));
      }
    }
    return hosts.complaints().isEmpty() ? null : "complaints " + hosts.complaints();
  }

  private static List<Integer> sorted(List<Integer> rows) {
    return rows.stream().sorted().toList();
  }

  @Test
  void whereABranchFailsNothingOfTheTransactionIsKept() { // D2, D5
    each("a branch fails", ConcurrentProgramsTest::halfKept);
  }

  private static String halfKept(Program program) {
    Reference reference = new Reference(new ConcurrentHashMap<>());
    reference.run(program);
    List<Integer> never = reference.committedBy("b1");
    Program failing = program.failing();
    OnHosts hosts = new OnHosts(THREADS, new ConcurrentHashMap<>());
    hosts.run(failing);
    List<Integer> kept = new ArrayList<>(hosts.kept(0));
    kept.retainAll(never);
    if (never.size() < 2 || !kept.isEmpty()) {
      return "kept " + kept + " of " + never;
    }
    List<String> said = hosts.trace().lines();
    if (!said.contains("b1 ended ROLLED_BACK")) {
      return "it ended otherwise: " + said;
    }
    if (said.stream().noneMatch(ConcurrentProgramsTest::namesTheFailure)) {
      return "the first failure is not the cause: " + said;
    }
    return hosts.complaints().isEmpty() ? null : "complaints " + hosts.complaints();
  }

  /** The user's, also where a neighbour that its mark refused ended first. */
  private static boolean namesTheFailure(String line) {
    return line.startsWith("caught ExecutionException because of (u");
  }
}
