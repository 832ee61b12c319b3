package io.txhost.matrix;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** {@code docs/databases.md}: what ran where, on every Java version. */
record DatabasesPage(List<Results> runs) {
  private static final String NONE = "none";

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("# Databases");
    lines.add("");
    lines.add(
        "What every adapter promises is one contract, in `tx-adapter-tck`. The build runs it with each");
    lines.add(
        "adapter on each database below, with each kind of pool, against real servers. On Java 25 each two of");
    lines.add(
        "them meet once: what is another class there, the carrier, knows no connections. The build writes this");
    lines.add(
        "page from what ran: `matrix/target/databases.md`, compared with `docs/databases.md`.");
    lines.add("");
    runs.forEach(run -> lines.add(sizeOf(run)));
    lines.add(
        "- together: " + runs.stream().mapToInt(Results::passed).sum() + " behaviours passed");
    lines.add("");
    lines.addAll(table(List.of("database", "server", "driver"), rows(Results::databases)));
    lines.add("");
    lines.addAll(table(List.of("adapter", "library's version"), adapters()));
    lines.add("");
    lines.add("How many behaviours passed:");
    lines.add("");
    lines.addAll(grid());
    lines.add("");
    lines.add("Not run, each for its reason:");
    lines.add("");
    lines.addAll(table(List.of("behaviour", "database", "reason"), skips()));
    return String.join("\n", lines) + "\n";
  }

  private static String sizeOf(Results run) {
    return "- Java %d: %d combinations, %d behaviours passed, %d skipped"
        .formatted(run.java(), run.cells().size(), run.passed(), run.skips().size());
  }

  /** What each run has, once. */
  private Set<List<String>> rows(Function<Results, List<List<String>>> part) {
    Set<List<String>> rows = new LinkedHashSet<>();
    runs.forEach(run -> rows.addAll(part.apply(run)));
    return rows;
  }

  private List<List<String>> adapters() {
    return Arrays.stream(Adapter.values())
        .map(adapter -> List.of(adapter.toString(), versions(adapter.toString())))
        .toList();
  }

  private String versions(String adapter) {
    return each(run -> valueOf(run.adapters(), List.of(adapter)));
  }

  private List<String> grid() {
    List<String> head = new ArrayList<>(List.of("adapter", "database"));
    Arrays.stream(Pooling.values()).map(Pooling::toString).forEach(head::add);
    List<List<String>> rows = new ArrayList<>();
    for (Adapter adapter : Adapter.values()) {
      for (DatabaseKind database : DatabaseKind.values()) {
        List<String> row = new ArrayList<>(List.of(adapter.toString(), database.toString()));
        for (Pooling pooling : Pooling.values()) {
          List<String> cell = List.of(adapter.toString(), database.toString(), pooling.toString());
          row.add(whereItRan(cell));
        }
        rows.add(row);
      }
    }
    return table(head, rows);
  }

  private String whereItRan(List<String> cell) {
    List<Results> ran =
        runs.stream().filter(run -> !valueOf(run.cells(), cell).equals(NONE)).toList();
    String value = new DatabasesPage(ran).each(run -> valueOf(run.cells(), cell));
    return ran.size() == 1 && runs.size() > 1 ? value + " (Java " + ran.get(0).java() + ")" : value;
  }

  /** The first value behind the key. */
  private static String valueOf(List<List<String>> lines, List<String> key) {
    return lines.stream()
        .filter(line -> line.subList(0, key.size()).equals(key))
        .map(line -> line.get(key.size()))
        .findFirst()
        .orElse(NONE);
  }

  /** One value where all runs agree, else that of each. */
  private String each(Function<Results, String> value) {
    Set<String> values = new LinkedHashSet<>(runs.stream().map(value).toList());
    return values.size() == 1
        ? values.iterator().next()
        : runs.stream()
            .map(run -> value.apply(run) + " (Java " + run.java() + ")")
            .collect(joining(", "));
  }

  private Set<List<String>> skips() {
    Set<List<String>> skips = new LinkedHashSet<>();
    for (Results run : runs) {
      for (List<String> skip : run.skips()) {
        skips.add(List.of("`" + skip.get(3) + "`", skip.get(1), skip.get(4)));
      }
    }
    return skips;
  }

  private static List<String> table(List<String> head, Collection<List<String>> rows) {
    return Stream.concat(
            Stream.of(head, head.stream().map(column -> "---").toList()), rows.stream())
        .map(row -> "| " + String.join(" | ", row) + " |")
        .toList();
  }
}
