package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What users compile against, as committed text: a change of it is seen in the review, and
 * CHANGELOG says what to do. Until there is a release to compare with, this is all that tells.
 */
final class ApiTest {
  private static final boolean TAKE_OVER = Boolean.getBoolean("api.takeOver");
  private static final ToolProvider JAVAP = ToolProvider.findFirst("javap").orElseThrow();

  @ParameterizedTest
  @MethodSource("io.txhost.house.House#published")
  void theApiIsTheCommittedOne(Path module) throws IOException {
    Path committed = House.ROOT.resolve("docs/api").resolve(module.getFileName() + ".txt");
    String now = api(module);
    if (TAKE_OVER) {
      Files.createDirectories(committed.getParent());
      Files.writeString(committed, now);
    }
    assertThat(now).as("what users see of %s", module).contains("public ");
    assertThat(Files.exists(committed) ? Files.readString(committed) : "")
        .as(
            "%s: if the change is meant, say in CHANGELOG what users must do, and take the text"
                + " over: mvn -pl house-checks -am test -Dtest=ApiTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dapi.takeOver=true",
            House.named(committed))
        .isEqualTo(now);
  }

  private static String api(Path module) {
    Map<String, String> types = new TreeMap<>();
    for (String type : javap(module).split("(?m)^}$")) {
      List<String> lines = type.lines().filter(line -> !line.isBlank()).toList();
      if (!lines.isEmpty() && lines.get(0).startsWith("public ")) {
        types.put(nameOf(lines.get(0)), withMembersInOrder(lines));
      }
    }
    StringBuilder text = new StringBuilder();
    types.forEach(
        (name, type) -> {
          if (isEnclosedByVisible(name, types)) {
            text.append(type).append('\n');
          }
        });
    return text.toString();
  }

  private static String javap(Path module) {
    Path classes = House.classesOf(module);
    List<String> arguments = new ArrayList<>(List.of("-protected"));
    House.filesUnder(classes).stream()
        .map(Path::toString)
        .filter(file -> file.endsWith(".class"))
        .filter(file -> !file.contains("META-INF") && !file.contains("internal"))
        .filter(file -> !file.endsWith("-info.class"))
        .sorted()
        .forEach(arguments::add);
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    assertThat(JAVAP.run(out, out, arguments.toArray(String[]::new))).as("javap %s", said).isZero();
    return said.toString().replaceAll("(?m)^Compiled from .*\\R", "");
  }

  private static String nameOf(String header) {
    String[] words = header.replaceAll("<.*", "").split(" ");
    for (int i = 0; i < words.length - 1; i++) {
      if (words[i].matches("class|interface|enum|record")) {
        return words[i + 1];
      }
    }
    throw new IllegalStateException("no type's header: " + header);
  }

  private static String withMembersInOrder(List<String> lines) {
    String[] members = lines.subList(1, lines.size()).toArray(String[]::new);
    Arrays.sort(members);
    return lines.get(0)
        + "\n"
        + String.join("\n", members)
        + (members.length > 0 ? "\n" : "")
        + "}";
  }

  /** A public type within one that is not is nobody's. */
  private static boolean isEnclosedByVisible(String name, Map<String, String> types) {
    for (int at = name.indexOf('$'); at > 0; at = name.indexOf('$', at + 1)) {
      if (!types.containsKey(name.substring(0, at))) {
        return false;
      }
    }
    return true;
  }
}
