package io.txhost.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The run of {@code mvn -Pbench}: measures on this Java and keeps what it finds in {@code target};
 * on the newest one it then writes {@code RESULTS.md} of all. Its argument is the module's folder.
 */
final class Run {
  private static final String OTHERS = "java17";

  private final Path module;
  private final Path kept;
  private final Settings settings = Settings.fromProperties();

  private Run(Path module) throws IOException {
    this.module = module;
    this.kept = Files.createDirectories(module.resolve("target/bench"));
  }

  public static void main(String[] arguments) throws Exception {
    new Run(Path.of(arguments[0])).run();
  }

  private void run() throws Exception {
    String loadBefore = Machine.load();
    List<Timing> timings = new Times(settings).measure();
    if (Jvm.here().feature() < 25) {
      keep(OTHERS, timings, Machine.java());
      return;
    }
    timings = new ArrayList<>(timings);
    List<String> older = Files.readAllLines(kept.resolve(OTHERS + ".txt"));
    older.stream().skip(1).map(Timing::parse).forEach(timings::add);
    List<String> extras = settings.only().isEmpty() ? beside() : List.of();
    Report report =
        new Report(
            settings,
            timings,
            extras,
            older.get(0),
            loadBefore + " to " + Machine.load(),
            Files.readString(module.resolve("limits.md")));
    Path written = settings.only().isEmpty() ? module : kept; // a part is not the results
    Files.writeString(written.resolve("RESULTS.md"), report.page());
    Files.writeString(written.resolve("RESULTS.svg"), new Chart(timings).svg());
  }

  private void keep(String name, List<Timing> timings, String java) throws IOException {
    List<String> lines = new ArrayList<>(List.of(java));
    timings.forEach(timing -> lines.add(timing.line()));
    Files.write(kept.resolve(name + ".txt"), lines);
  }

  /** What is measured in JVMs of its own: what the heap keeps, and a real server. */
  private List<String> beside() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    for (String peer : List.of("txhost", "spring")) {
      add(lines, "parked scoped-value " + peer, Processes.run(Parked.class, "scoped-value", peer));
    }
    add(lines, "parked thread-local txhost", Processes.run(Parked.class, "thread-local", "txhost"));
    addServer(lines, "postgres", "scoped-value");
    addServer(lines, "postgres", "thread-local");
    addServer(lines, "mariadb", "scoped-value");
    String rounds = String.valueOf(settings.poolRounds());
    String seconds = String.valueOf(settings.poolSeconds());
    add(
        lines,
        "pool scoped-value",
        Processes.run(
            Server.class, "scoped-value", "postgres", rounds, seconds, "64,1000,10000", "true"));
    return lines;
  }

  private void addServer(List<String> lines, String database, String carrier)
      throws IOException, InterruptedException {
    String rounds = String.valueOf(settings.serverRounds());
    String seconds = String.valueOf(settings.serverSeconds());
    add(
        lines,
        database + " " + carrier,
        Processes.run(Server.class, carrier, database, rounds, seconds, "64", "false"));
  }

  private static void add(List<String> lines, String what, List<String> found) {
    found.stream().filter(line -> !line.isBlank()).forEach(line -> lines.add(what + " " + line));
  }
}
