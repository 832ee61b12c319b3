package io.txhost.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the {@link Ledger} of one Java version wrote: a line a fact, its kind first, tabs between.
 *
 * @param databases name, server, driver
 * @param adapters name, version of the library
 * @param cells adapter, database, pool; how many passed, were skipped, failed
 * @param skips adapter, database, pool; behaviour, reason
 */
record Results(
    int java,
    List<List<String>> databases,
    List<List<String>> adapters,
    List<List<String>> cells,
    List<List<String>> skips) {
  static final String DATABASE = "database";
  static final String ADAPTER = "adapter";
  static final String CELL = "ran";
  static final String SKIP = "skipped";

  private static final int PASSED = 3;
  private static final int FAILED = 5;

  /** Where they are written. */
  static Path of(Path folder, int java) {
    return folder.resolve("java-" + java + ".tsv");
  }

  static Results read(Path folder, int java) throws IOException {
    Results read =
        new Results(
            java, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String line : Files.readAllLines(of(folder, java))) {
      List<String> fields = List.of(line.split("\t"));
      read.listOf(fields.get(0)).add(fields.subList(1, fields.size()));
    }
    return read;
  }

  private List<List<String>> listOf(String kind) {
    return switch (kind) {
      case DATABASE -> databases;
      case ADAPTER -> adapters;
      case CELL -> cells;
      case SKIP -> skips;
      default -> throw new IllegalArgumentException("a line of kind " + kind);
    };
  }

  int passed() {
    return sum(PASSED);
  }

  int failed() {
    return sum(FAILED);
  }

  private int sum(int field) {
    return cells.stream().mapToInt(cell -> Integer.parseInt(cell.get(field))).sum();
  }
}
