package io.txhost.benchmarks;

import java.time.Duration;

/**
 * How long a run takes.
 *
 * @param only what names of scenarios contain that are measured
 * @param budget of the rounds: none begins that would pass it
 * @param serverSeconds of one peer in one round on a real server
 * @param poolSeconds the same where the pool is measured
 */
record Settings(
    boolean quick,
    String only,
    int rounds,
    Duration budget,
    int warmUps,
    int iterations,
    int iterationMillis,
    int serverRounds,
    int serverSeconds,
    int poolRounds,
    int poolSeconds) {

  static Settings fromProperties() {
    boolean quick = Boolean.parseBoolean(System.getProperty("bench.quick", "false"));
    String only = System.getProperty("bench.only", "");
    boolean newest = Jvm.here().feature() >= 25;
    return quick
        ? new Settings(true, only, 1, Duration.ofMinutes(2), 2, 3, 120, 3, 1, 1, 1)
        : new Settings(false, only, 3, Duration.ofMinutes(newest ? 10 : 5), 3, 4, 300, 5, 2, 7, 2);
  }
}
