package io.txhost.jdbc;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code jdbc.policy} as a test reads it: by interface, what happens at which methods. Shares no
 * code with what the build reads it with.
 */
record Policy(Map<String, Map<String, String>> rows) {
  private static final Path FILE = Path.of("src", "build", "jdbc.policy");

  /** An interface's methods may be decided where they are inherited from. */
  private static final List<String> ABOVE =
      List.of("CallableStatement", "PreparedStatement", "Statement");

  private static final List<String> WHATS =
      List.of(
          "by hand",
          "checked",
          "fetches",
          "executes the text",
          "executes its text",
          "executes describe",
          "executes stream",
          "executes object",
          "executes by value",
          "executes row",
          "executes refresh",
          "updates",
          "creates",
          "makes",
          "asks",
          "queries",
          "refuses call",
          "refuses change");

  static Policy read() throws IOException {
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    Map<String, String> section = new LinkedHashMap<>();
    for (String line : Files.readAllLines(FILE)) {
      if (line.startsWith("[")) {
        section = new LinkedHashMap<>();
        rows.put(line.substring(1, line.length() - 1), section);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String what = WHATS.stream().filter(line::startsWith).findFirst().orElseThrow();
        for (String method : line.substring(what.length()).strip().split(" +")) {
          section.put(method, what);
        }
      }
    }
    return new Policy(rows);
  }

  /** What happens at the method, decided where the interface or the one above it says so. */
  String of(Class<?> type, Method method) {
    for (String each : sections(type)) {
      Map<String, String> section = rows.getOrDefault(each, Map.of());
      String row = section.get(signature(method));
      row = row == null ? section.get(method.getName()) : row;
      if (row != null && declares(each, method)) {
        return row;
      }
    }
    throw new AssertionError("no row for " + method);
  }

  /** A family's name is of the overloads that the interface adds, not of those it inherits. */
  private static boolean declares(String section, Method method) {
    String declared = method.getDeclaringClass().getSimpleName();
    return declared.equals(section) || !ABOVE.contains(section) || !ABOVE.contains(declared);
  }

  private static Collection<String> sections(Class<?> type) {
    int from = ABOVE.indexOf(type.getSimpleName());
    return from < 0 ? Set.of(type.getSimpleName()) : ABOVE.subList(from, ABOVE.size());
  }

  /** The names and signatures of an interface's rows. */
  Set<String> names(Class<?> type) {
    return new TreeSet<>(rows.getOrDefault(type.getSimpleName(), Map.of()).keySet());
  }

  static String signature(Method method) {
    return method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(",", "(", ")"));
  }
}
