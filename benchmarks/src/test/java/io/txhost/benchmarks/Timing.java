package io.txhost.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one scenario on one Java.
 *
 * @param rounds the nanoseconds of one call, by rounds and their iterations
 */
record Timing(Jvm jvm, String scenario, Costs costs, List<double[]> rounds) {

  double median() {
    return median(all());
  }

  double least() {
    return all().min().orElseThrow();
  }

  double most() {
    return all().max().orElseThrow();
  }

  private DoubleStream all() {
    return rounds.stream().flatMapToDouble(Arrays::stream);
  }

  /** The median of the rounds' ratios: in a round both ran, one soon after the other. */
  double over(Timing peer) {
    int both = Math.min(rounds.size(), peer.rounds.size());
    double[] ratios = new double[both];
    for (int i = 0; i < both; i++) {
      ratios[i] = median(Arrays.stream(rounds.get(i))) / median(Arrays.stream(peer.rounds.get(i)));
    }
    return median(Arrays.stream(ratios));
  }

  static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static @Nullable Timing find(List<Timing> all, Jvm jvm, String scenario) {
    return all.stream()
        .filter(each -> each.jvm.equals(jvm) && each.scenario.equals(scenario))
        .findFirst()
        .orElse(null);
  }

  String line() {
    String times =
        rounds.stream()
            .map(
                round ->
                    Arrays.stream(round)
                        .mapToObj(Double::toString)
                        .collect(Collectors.joining(",")))
            .collect(Collectors.joining(";"));
    return String.join(
        " ",
        String.valueOf(jvm.feature()),
        String.valueOf(jvm.threadLocal()),
        scenario,
        times,
        costs.figures().strip().replaceAll(" +", " "));
  }

  static Timing parse(String line) {
    String[] parts = line.split(" ");
    List<double[]> rounds =
        Stream.of(parts[3].split(";"))
            .map(round -> Stream.of(round.split(",")).mapToDouble(Double::parseDouble).toArray())
            .toList();
    return new Timing(
        new Jvm(Integer.parseInt(parts[0]), Boolean.parseBoolean(parts[1])),
        parts[2],
        Costs.parse(parts, 4),
        rounds);
  }
}
