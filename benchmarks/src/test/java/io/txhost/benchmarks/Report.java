package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page of the results. */
final class Report {
  static final Jvm SCOPED = new Jvm(25, false);
  static final Jvm THREAD_LOCAL = new Jvm(25, true);
  static final Jvm OLDER = new Jvm(17, true);
  private static final String NONE = "–";

  private final Settings settings;
  private final List<Timing> timings;
  private final List<String> beside;
  private final String olderJava;
  private final String load;
  private final String limits;

  /**
   * @param beside what was measured in JVMs of its own
   * @param limits why goals are missed, by hand
   */
  Report(
      Settings settings,
      List<Timing> timings,
      List<String> beside,
      String olderJava,
      String load,
      String limits) {
    this.settings = settings;
    this.timings = timings;
    this.beside = beside;
    this.olderJava = olderJava;
    this.load = load;
    this.limits = limits;
  }

  String page() throws IOException {
    List<String> parts = new ArrayList<>(List.of(intro(), times(), peers(), costs()));
    if (!beside.isEmpty()) {
      parts.addAll(List.of(parked(), servers(), pool()));
    }
    parts.add(limits.strip());
    parts.add(glossary());
    return String.join("\n\n", parts) + "\n";
  }

  private String intro() throws IOException {
    return """
    # What a boundary costs

    Written by `mvn -Pbench -pl benchmarks -am verify`. The last part, on goals that are missed, is `limits.md`, which is written by hand.
    This is a %s run: %d round(s) of %d iterations of %d ms per scenario and Java, after %d to warm up, each scenario in a JVM of its own.

    - Machine: %s; load average %s while Java 25 was measured. Where it is above 1 others were at work too, and only the ratios tell something.
    - Java: %s; %s.
    - %s.

    ![Times beside the peer's](RESULTS.svg)\
    """
        .formatted(
            settings.quick() ? "quick" : "full",
            timings.stream().mapToInt(each -> each.rounds().size()).max().orElse(0),
            settings.iterations(),
            settings.iterationMillis(),
            settings.warmUps(),
            Machine.described(),
            load,
            Machine.java(),
            olderJava,
            Machine.versions());
  }

  private String times() {
    StringBuilder table =
        new StringBuilder(
            """
            ## Times

            On the driver that costs nothing. Nanoseconds are medians, with the least and the most; a ratio is the median of the rounds' ratios to the peer of the row.

            | case | peer | peer, ns | SV, ns | SV × | goal | TL, ns | TL × | goal | 17 × |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    for (Case what : Case.values()) {
      Timing peer = find(SCOPED, what, what.over);
      Timing scoped = ours(SCOPED, what);
      if (peer != null && scoped != null) {
        Timing local = ours(THREAD_LOCAL, what);
        table.append(
            "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                    what.title,
                    what.over.title,
                    nanos(peer),
                    nanos(scoped),
                    ratio(scoped, peer, what.goal(false)),
                    goal(what.goal(false)),
                    nanos(local),
                    ratio(local, peerOf(THREAD_LOCAL, what), what.goal(true)),
                    goal(what.goal(true)),
                    ratio(ours(OLDER, what), find(OLDER, what, what.over), what.goal(true))));
      }
    }
    return table.toString().strip();
  }

  /** Spring is the same on both carriers, and measured once; what is ours on each. */
  private @Nullable Timing peerOf(Jvm jvm, Case what) {
    Timing own = find(jvm, what, what.over);
    return own != null ? own : find(SCOPED, what, what.over);
  }

  private String peers() {
    List<String> rows = new ArrayList<>();
    for (Case what : Case.values()) {
      for (Peer who : List.of(Peer.LAZY, Peer.HAND)) {
        Timing timing = find(SCOPED, what, who);
        Timing spring = find(SCOPED, what, Peer.SPRING);
        if (timing != null && spring != null) {
          rows.add(
              "| %s | %s | %s | %s | %d | %s |"
                  .formatted(
                      what.title,
                      who.title,
                      nanos(timing),
                      ratio(timing, spring, null),
                      timing.costs().bytes(),
                      timing.costs().connectionCalls()));
        }
      }
    }
    return """
    ## Others

    | case | who | ns | × Spring | bytes | calls |
    |---|---|---|---|---|---|
    %s\
    """
        .formatted(String.join("\n", rows));
  }

  private String costs() {
    StringBuilder table =
        new StringBuilder(
            """
            ## Bytes and driver calls

            Exact: the least of twenty rounds of a thousand calls, after the times were measured. Calls are those of the data source and its connections; with a plus what a connection answers by itself (`isClosed`, `isWrapperFor`).

            | case | peer's bytes | SV | TL | 17 | SV × | goal | calls: peer | ours |
            |---|---|---|---|---|---|---|---|---|
            """);
    for (Case what : Case.values()) {
      Timing peer = find(SCOPED, what, what.over);
      Timing scoped = ours(SCOPED, what);
      if (peer != null && scoped != null) {
        long bytes = scoped.costs().bytes();
        long peers = peer.costs().bytes();
        table.append(
            "| %s | %d | %d | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                    what.title,
                    peers,
                    bytes,
                    bytes(ours(THREAD_LOCAL, what)),
                    bytes(ours(OLDER, what)),
                    peers == 0 ? NONE : number((double) bytes / peers),
                    bytesGoal(what),
                    calls(peer),
                    calls(scoped)));
      }
    }
    return table.toString().strip();
  }

  private String parked() {
    return """
    ## Kept for a virtual thread that is parked in a transaction

    Bytes of the heap after a collection, for each of 4,000 threads that have asked for the connection and run no statement. Goal: our objects ≤ 300, the whole ≤ 1.0 × Spring's.

    | who | our objects | whole |
    |---|---|---|
    %s\
    """
        .formatted(
            beside.stream()
                .filter(line -> line.startsWith("parked "))
                .map(line -> line.split(" "))
                .map(
                    parts ->
                        "| %s | %s | %s |".formatted(who(parts[2], parts[1]), parts[3], parts[4]))
                .collect(Collectors.joining("\n")));
  }

  private String servers() {
    return """
    ## Real servers

    Insert and select in one transaction, 64 virtual threads, a pool of 10; medians of %d interleaved slices of %d s. Goal: on PostgreSQL not below 0.97 × hand-written.

    PostgreSQL:

    %s

    MariaDB, where a transaction of ours is one turn shorter than one by hand:

    %s\
    """
        .formatted(
            settings.serverRounds(), settings.serverSeconds(), loads("postgres"), loads("mariadb"));
  }

  private String pool() {
    return """
    ## The pool

    The same on PostgreSQL by more threads, medians of %d interleaved slices of %d s, and `REQUIRES_NEW` inside a transaction that holds its connection (`new-`), where a wait for a connection is refused after 2 s. Goals: p99 ≤ 1.5 × threads ÷ throughput, nobody starved, throughput ≥ 0.95 × the bare pool's; `new-32` ≥ 0.9 × the throughput of `new-9`, ≤ 0.1%% refused.

    %s\
    """
        .formatted(settings.poolRounds(), settings.poolSeconds(), loads("pool"));
  }

  private String loads(String which) {
    Map<String, List<Load.Found>> found = new LinkedHashMap<>();
    for (String line : beside) {
      String[] parts = line.split(" ");
      if (parts[0].equals(which)) {
        found
            .computeIfAbsent(parts[2] + " | " + who(parts[3], parts[1]), first -> new ArrayList<>())
            .add(Load.Found.parse(parts, 4));
      }
    }
    StringBuilder table =
        new StringBuilder(
            """
            | threads | who | tx/s | × hand-written | p99, ms | threads ÷ throughput, ms | starved | refused |
            |---|---|---|---|---|---|---|---|
            """);
    found.forEach((key, slices) -> table.append(row(key, slices, found)));
    return table.toString().strip();
  }

  private static String row(
      String key, List<Load.Found> slices, Map<String, List<Load.Found>> found) {
    String load = key.substring(0, key.indexOf(' '));
    double perSecond = median(slices, Load.Found::perSecond);
    String hand =
        found.keySet().stream()
            .filter(other -> other.equals(load + " | hand-written"))
            .map(other -> number(perSecond / median(found.get(other), Load.Found::perSecond)))
            .findFirst()
            .orElse(NONE);
    int threads = Integer.parseInt(load.replace("new-", ""));
    return "| %s | %s | %s | %s | %s | %.0f | %.1f%% |%n"
        .formatted(
            key,
            number(perSecond),
            hand,
            number(median(slices, Load.Found::p99Millis)),
            perSecond == 0 ? NONE : number(1_000 * threads / perSecond),
            median(slices, Load.Found::starved),
            median(slices, Load.Found::refusedPercent));
  }

  private static double median(List<Load.Found> slices, ToDoubleFunction<Load.Found> of) {
    return Timing.median(slices.stream().mapToDouble(of));
  }

  private static String who(String peer, String carrier) {
    return switch (peer) {
      case "txhost" -> "txhost, " + (isFirst(carrier) ? "SV" : "TL");
      case "hand" -> "hand-written" + again(carrier);
      case "lazy" -> "Spring, lazy proxy" + again(carrier);
      default -> "Spring" + again(carrier);
    };
  }

  /** Whoever is not ours has no carrier, and is measured beside both of ours. */
  private static String again(String carrier) {
    return isFirst(carrier) ? "" : ", again";
  }

  private static boolean isFirst(String carrier) {
    return carrier.equals("scoped-value");
  }

  private static String glossary() {
    return """
    SV and TL: on Java 25, carried by a scoped value and by a thread-local. 17: Java 17, whose goals are TL's. Bold: the goal is missed.\
    """;
  }

  private @Nullable Timing ours(Jvm jvm, Case what) {
    return find(jvm, what.work(), Peer.TXHOST);
  }

  private @Nullable Timing find(Jvm jvm, Case what, Peer who) {
    return Timing.find(timings, jvm, Scenarios.name(what, who));
  }

  private static String nanos(@Nullable Timing timing) {
    return timing == null
        ? NONE
        : number(timing.median())
            + " ("
            + number(timing.least())
            + "–"
            + number(timing.most())
            + ")";
  }

  private static String ratio(
      @Nullable Timing timing, @Nullable Timing peer, @Nullable Double goal) {
    if (timing == null || peer == null) {
      return NONE;
    }
    double over = timing.over(peer);
    return goal != null && over > goal ? "**" + number(over) + "**" : number(over);
  }

  private static String goal(@Nullable Double goal) {
    return goal == null ? NONE : "≤ " + goal;
  }

  private static String bytesGoal(Case what) {
    String goal = what.bytes.replace("x", "×");
    return goal.isEmpty() ? NONE : goal.equals("0 B") ? goal : "≤ " + goal;
  }

  private static String bytes(@Nullable Timing timing) {
    return timing == null ? NONE : String.valueOf(timing.costs().bytes());
  }

  private static String calls(Timing timing) {
    Costs costs = timing.costs();
    return costs.connectionCalls() + (costs.questions() == 0 ? "" : " + " + costs.questions());
  }

  /** Three digits that tell something. */
  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value);
  }
}
