package io.txhost.programs;

import io.txhost.NothingLeft;
import io.txhost.internal.Carrier;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs random programs, each of its own seed.
 *
 * <p>One program alone: {@code -Dtxhost.test.seed=<its seed> -Dtxhost.test.programs=1}.
 */
@ExtendWith(NothingLeft.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ProgramsTest {
  static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 20_000);

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

  /** Fails with the seed of the first program that something is wrong with. */
  static void each(String what, int programs, LongFunction<Program> writer, Check check) {
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.printf("%s: seed %d on carrier %s%n", what, seed, Carrier.name());
    long began = System.nanoTime();
    long steps = 0;
    for (int i = 0; i < programs; i++) {
      Program program = writer.apply(seed + i);
      String wrong = check.wrong(program);
      if (wrong != null) {
        throw new AssertionError(
            "-Dtxhost.test.seed=" + (seed + i) + " -Dtxhost.test.programs=1\n" + wrong);
      }
      steps += program.size();
    }
    System.out.printf(
        "%s: %d programs, %d steps, %s%n",
        what, programs, steps, Duration.ofNanos(System.nanoTime() - began));
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
