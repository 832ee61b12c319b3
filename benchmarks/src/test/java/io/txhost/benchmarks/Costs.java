package io.txhost.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one call costs, counted: exact, however busy the machine is.
 *
 * @param bytes that its thread allocates, the least of some rounds: the compiler's work and the
 *     JVM's own only add to it
 * @param connectionCalls of the data source and its connections
 * @param questions that a connection answers by itself
 * @param statementCalls of statements and results
 */
record Costs(long bytes, long connectionCalls, long questions, long statementCalls) {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 1_000;
  private static final int ROUNDS = 20;

  /** Consumes results, as the compiler cannot know that nobody reads it. */
  static volatile @Nullable Object sink;

  /** Of a scenario that has been called often enough to be compiled. */
  static Costs of(Scenario scenario, FreeDriver driver) throws Throwable {
    Counting counting = new Counting(scenario, driver);
    scenario.around(counting::count);
    return counting.least;
  }

  /** Calls it until the compiler has nothing more to do. */
  static void warmUp(Scenario scenario, int calls) throws Throwable {
    scenario.around(() -> call(scenario, calls));
  }

  private static void call(Scenario scenario, int calls) throws Throwable {
    for (int i = 0; i < calls; i++) {
      sink = BoundaryBenchmark.call(scenario);
    }
  }

  private static final class Counting {
    private final Scenario scenario;
    private final FreeDriver driver;
    private Costs least = new Costs(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    Counting(Scenario scenario, FreeDriver driver) {
      this.scenario = scenario;
      this.driver = driver;
    }

    void count() throws Throwable {
      for (int i = 0; i < ROUNDS; i++) {
        least = least.orLess(round());
      }
    }

    private Costs round() throws Throwable {
      long connections = driver.connectionCalls;
      long questions = driver.questions;
      long statements = driver.statementCalls;
      long before = THREADS.getCurrentThreadAllocatedBytes();
      call(scenario, CALLS);
      long after = THREADS.getCurrentThreadAllocatedBytes();
      return new Costs(
          (after - before) / CALLS,
          (driver.connectionCalls - connections) / CALLS,
          (driver.questions - questions) / CALLS,
          (driver.statementCalls - statements) / CALLS);
    }
  }

  Costs orLess(Costs other) {
    return new Costs(
        Math.min(bytes, other.bytes),
        Math.min(connectionCalls, other.connectionCalls),
        Math.min(questions, other.questions),
        Math.min(statementCalls, other.statementCalls));
  }

  boolean isWithin(Costs figure) {
    return bytes <= figure.bytes
        && connectionCalls <= figure.connectionCalls
        && questions <= figure.questions
        && statementCalls <= figure.statementCalls;
  }

  /** What differs from a figure. */
  String against(Costs figure) {
    return Stream.of(
            differing("bytes", bytes, figure.bytes),
            differing("connection calls", connectionCalls, figure.connectionCalls),
            differing("questions", questions, figure.questions),
            differing("statement calls", statementCalls, figure.statementCalls))
        .filter(each -> !each.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String differing(String what, long found, long figure) {
    return found == figure ? "" : found + " " + what + " instead of " + figure;
  }

  /** As in {@code costs.txt}. */
  String figures() {
    return String.format("%6d %3d %3d %3d", bytes, connectionCalls, questions, statementCalls);
  }

  static Costs parse(String[] parts, int from) {
    return new Costs(
        Long.parseLong(parts[from]),
        Long.parseLong(parts[from + 1]),
        Long.parseLong(parts[from + 2]),
        Long.parseLong(parts[from + 3]));
  }
}
