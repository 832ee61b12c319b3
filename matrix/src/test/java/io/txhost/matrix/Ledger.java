package io.txhost.matrix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * What each combination ran in this JVM. At the end it prints that, writes it to a file, and fails
 * the run where a combination is missing or a test was skipped without permission.
 */
final class Ledger implements AutoCloseable {

  /** The only reasons to skip. Any other fails the run. */
  private static final Set<String> PERMITTED =
      Set.of("H2 has no deferred constraints", "MariaDB has no deferred constraints");

  /** Set by the build; not by an editor that runs one test. */
  private static final String FOLDER = System.getProperty("matrix.results", "");

  private final Map<Combination, Account> accounts = new ConcurrentHashMap<>();

  /** What became of the tests on one combination. */
  private static final class Account {
    final AtomicInteger passed = new AtomicInteger();
    final ConcurrentLinkedQueue<Skip> skips = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();

    int size() {
      return passed.get() + skips.size() + failed.size();
    }
  }

  private record Skip(String behaviour, String reason) {}

  void passed(Combination combination) {
    of(combination).passed.incrementAndGet();
  }

  void skipped(Combination combination, Method behaviour, String reason) {
    of(combination).skips.add(new Skip(behaviour.getName(), reason));
  }

  void failed(Combination combination, Method behaviour) {
    of(combination).failed.add(behaviour.getName());
  }

  private Account of(Combination combination) {
    return accounts.computeIfAbsent(combination, key -> new Account());
  }

  @Override
  public void close() {
    print();
    List<String> complaints = new ArrayList<>();
    accounts.forEach((combination, account) -> complainOfSkips(combination, account, complaints));
    if (!FOLDER.isEmpty()) {
      write();
    }
    if (isWhole()) {
      complainOfGaps(complaints);
    }
    if (!complaints.isEmpty()) {
      throw new AssertionError("The matrix:\n  " + String.join("\n  ", complaints));
    }
  }

  private static void complainOfSkips(
      Combination combination, Account account, List<String> complaints) {
    for (Skip skip : account.skips) {
      if (!PERMITTED.contains(skip.reason)) {
        complaints.add(
            combination + " skipped " + skip.behaviour + ", which nothing permits: " + skip.reason);
      }
    }
  }

  /** Nobody asked for a part. */
  private static boolean isWhole() {
    return !FOLDER.isEmpty()
        && Combination.ONLY.isEmpty()
        && System.getProperty("test", "").isEmpty()
        && System.getProperty("it.test", "").isEmpty();
  }

  private void complainOfGaps(List<String> complaints) {
    Combination.declared()
        .filter(combination -> !accounts.containsKey(combination))
        .forEach(combination -> complaints.add(combination + " did not run at all"));
    accounts.keySet().stream()
        .collect(
            Collectors.groupingBy(
                Combination::adapter,
                Collectors.mapping(each -> of(each).size(), Collectors.toSet())))
        .forEach(
            (adapter, sizes) -> {
              if (sizes.size() > 1) {
                complaints.add(adapter + " ran more on some combinations than on others: " + sizes);
              }
            });
  }

  private void print() {
    int total = 0;
    StringBuilder table = new StringBuilder("The matrix on Java " + java() + ":\n");
    for (Combination combination : Combination.all().filter(accounts::containsKey).toList()) {
      Account account = of(combination);
      total += account.size();
      table.append(
          "  %-65s %4d passed %3d skipped %3d failed%n"
              .formatted(
                  combination, account.passed.get(), account.skips.size(), account.failed.size()));
      account.failed.forEach(failed -> table.append("    FAILED ").append(failed).append('\n'));
    }
    table.append("  %d combinations, %d tests%n".formatted(accounts.size(), total));
    System.out.print(table);
  }

  private static int java() {
    return Runtime.version().feature();
  }

  /** A part is no account of the whole, and makes an earlier one out of date. */
  private void write() {
    Path file = Results.of(Path.of(FOLDER), java());
    try {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(file);
      if (isWhole()) {
        Files.write(file, lines());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link Results} reads them. */
  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (DatabaseKind kind : DatabaseKind.values()) {
      lines.add(line(Results.DATABASE, kind, kind.versions()));
    }
    for (Adapter adapter : Adapter.values()) {
      lines.add(line(Results.ADAPTER, adapter, adapter.library()));
    }
    for (Combination each : Combination.declared().filter(accounts::containsKey).toList()) {
      Account account = of(each);
      String cell = line(each.adapter(), each.database(), each.pooling());
      int failed = account.failed.size();
      lines.add(line(Results.CELL, cell, account.passed, account.skips.size(), failed));
      account.skips.stream()
          .map(skip -> line(Results.SKIP, cell, skip.behaviour, skip.reason))
          .sorted()
          .forEach(lines::add);
    }
    return lines;
  }

  private static String line(Object... fields) {
    return Arrays.stream(fields).map(String::valueOf).collect(Collectors.joining("\t"));
  }
}
