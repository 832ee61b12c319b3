package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures every scenario on this Java, in JVMs of their own, in rounds: in each round the peers of
 * a case follow one another, so that what the machine does meanwhile is done to all of them.
 */
final class Times {
  private final Settings settings;
  private final Path costs;
  private final Map<Measured, List<double[]>> rounds = new LinkedHashMap<>();
  private final Map<Measured, Costs> counted = new LinkedHashMap<>();

  private record Measured(Jvm jvm, String scenario) {}

  Times(Settings settings) throws IOException {
    this.settings = settings;
    this.costs = Files.createTempFile("costs", ".txt");
    System.setProperty("jmh.ignoreLock", "true"); // another's run disturbs, and is said
  }

  List<Timing> measure() throws RunnerException, IOException {
    List<Measured> all = all();
    long began = System.nanoTime();
    Duration longest = Duration.ZERO;
    for (int round = 1; round <= settings.rounds(); round++) {
      long since = System.nanoTime();
      for (Measured each : all) {
        measure(each);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - since);
      longest = took.compareTo(longest) > 0 ? took : longest;
      System.out.printf("round %d of %d: %d s%n", round, settings.rounds(), took.toSeconds());
      if (Duration.ofNanos(System.nanoTime() - began).plus(longest).compareTo(settings.budget())
          > 0) {
        break;
      }
    }
    Files.delete(costs);
    return all.stream()
        .map(each -> new Timing(each.jvm, each.scenario, counted.get(each), rounds.get(each)))
        .toList();
  }

  private List<Measured> all() {
    List<Measured> all = new ArrayList<>();
    Jvm here = Jvm.here();
    for (Case what : Case.values()) {
      for (Peer who : Peer.values()) {
        String name = Scenarios.name(what, who);
        if (Scenarios.has(what, who) && name.contains(settings.only())) {
          all.add(new Measured(here, name));
          if (hasTwoCarriers(here) && isOfOurs(what, who)) {
            all.add(new Measured(new Jvm(here.feature(), true), name));
          }
        }
      }
    }
    return all;
  }

  private static boolean hasTwoCarriers(Jvm jvm) {
    return jvm.feature() >= 25;
  }

  private static boolean isOfOurs(Case what, Peer who) {
    return who == Peer.TXHOST || ((what == Case.DEPTH || what == Case.HOSTS) && who == Peer.OWN);
  }

  private void measure(Measured each) throws RunnerException, IOException {
    double[] times = run(each);
    rounds.computeIfAbsent(each, first -> new ArrayList<>()).add(times);
    Costs now = Costs.parse(Files.readString(costs).strip().split(" +"), 0);
    counted.merge(each, now, Costs::orLess);
  }

  private double[] run(Measured each) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(BoundaryBenchmark.class.getName())
            .param("scenario", each.scenario)
            .forks(1)
            .jvmArgs(
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Dbench.costs=" + costs,
                "-Dtxhost.carrier=" + each.jvm.carrier())
            .warmupIterations(settings.warmUps())
            .warmupTime(TimeValue.milliseconds(settings.iterationMillis()))
            .measurementIterations(settings.iterations())
            .measurementTime(TimeValue.milliseconds(settings.iterationMillis()))
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    RunResult result = new Runner(options).runSingle();
    return result.getBenchmarkResults().stream()
        .flatMap(of -> of.getIterationResults().stream())
        .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
        .toArray();
  }
}
