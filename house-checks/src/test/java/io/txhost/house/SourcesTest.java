package io.txhost.house;

import static java.util.regex.Pattern.MULTILINE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the sources promise: null-marked packages, explained error codes, nothing left to do. */
final class SourcesTest {
  private static final Pattern CODE = Pattern.compile("TXH-[0-9]+");

  /** A literal, or a comment, which may hold quotes of its own; whichever begins first. */
  private static final Pattern LITERAL_OR_COMMENT =
      Pattern.compile(
          "\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\\n])++'"
              + "|//[^\\n]*+|/\\*[\\s\\S]*?\\*/");

  private static final Pattern PUBLIC_INTERFACE =
      Pattern.compile("^public [a-z-]* ?interface ", MULTILINE);

  private static final Pattern HEADING = Pattern.compile("^## (TXH-[0-9]+)\\b", MULTILINE);

  /** In two halves, or this file would be found. */
  private static final Pattern LEFT_TO_DO = Pattern.compile("\\b(?:TO" + "DO|FIX" + "ME)\\b");

  @Test
  void everyPackageIsNullMarked() throws IOException {
    Set<Path> packages = new HashSet<>();
    Set<String> unmarked = new TreeSet<>();
    for (Path module : House.modules()) {
      Path sources = module.resolve("src/main/java");
      if (!Files.isDirectory(sources)) { // Kotlin's types say it themselves
        continue;
      }
      for (Path file : House.filesUnder(sources)) {
        Path folder = file.getParent();
        if (file.toString().endsWith(".java") && !folder.equals(sources) && packages.add(folder)) {
          Path info = folder.resolve("package-info.java");
          if (!Files.exists(info) || !read(info).contains("\n@NullMarked\n")) {
            unmarked.add(House.named(folder));
          }
        }
      }
    }
    assertThat(packages).hasSizeGreaterThan(House.PUBLISHED.size());
    assertThat(unmarked).isEmpty();
  }

  @Test
  void everyPublicInterfaceSaysWhoImplementsIt() throws IOException { // issue 13, point 5
    List<String> silent = new ArrayList<>();
    int found = 0;
    for (Path file : House.mainSources()) {
      String source = read(file);
      Matcher declared = PUBLIC_INTERFACE.matcher(source);
      if (House.named(file).startsWith("tx-") && declared.find()) {
        found++;
        String before = source.substring(0, declared.start());
        boolean isTold =
            before.contains("@FunctionalInterface")
                || before.contains("@implSpec")
                || declared.group().contains(" sealed ");
        if (!isTold && !House.named(file).contains("/internal/")) {
          silent.add(House.named(file));
        }
      }
    }
    assertThat(found).isPositive();
    assertThat(silent).as("may users implement it? Seal it, or say so with @implSpec").isEmpty();
  }

  @Test
  void everyErrorCodeIsExplainedAndEveryExplanationHasItsCode() throws IOException {
    Set<String> used = new TreeSet<>();
    for (Path file : House.mainSources()) {
      used.addAll(codesInLiterals(read(file)));
    }
    List<String> explained =
        HEADING
            .matcher(read(House.ROOT.resolve("docs/troubleshooting.md")))
            .results()
            .map(heading -> heading.group(1))
            .toList();

    assertThat(used).isNotEmpty();
    assertThat(explained).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(explained)).isEqualTo(used);
  }

  @Test
  void everyExplanationHasAnExampleAndAFix() throws IOException {
    String page = read(House.ROOT.resolve("docs/troubleshooting.md"));
    List<String> explanations =
        Arrays.stream(page.split("(?m)^(?=## )")).filter(one -> one.startsWith("## TXH-")).toList();

    assertThat(explanations)
        .hasSizeGreaterThan(100)
        .allSatisfy(one -> assertThat(one).matches("(?s)## .+?\n```\n.+\n```\n\n\\S.*"));
    assertThat(explanations).isSortedAccordingTo(Comparator.comparing(one -> one.substring(0, 10)));
  }

  @Test
  void codesAreReadFromLiteralsNotFromComments() {
    String source =
        """
        /** "TXH-1" */ // "TXH-2"
        char quote = '"'; // "TXH-3"
        String a = "x \\" TXH-4 // " + "TXH-5"; /* "TXH-6 */
        """;
    assertThat(codesInLiterals(source)).containsExactlyInAnyOrder("TXH-4", "TXH-5");
  }

  @Test
  void nothingIsLeftToDo() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> files = House.filesUnder(House.ROOT);
    for (Path file : files) {
      if (LEFT_TO_DO.matcher(read(file)).find()) {
        found.add(House.named(file));
      }
    }
    assertThat(files).contains(House.ROOT.resolve("pom.xml"));
    assertThat(found).isEmpty();
  }

  private static Set<String> codesInLiterals(String source) {
    return LITERAL_OR_COMMENT
        .matcher(source)
        .results()
        .map(MatchResult::group)
        .filter(token -> !token.startsWith("/"))
        .flatMap(token -> CODE.matcher(token).results())
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  /** Byte by byte, so that a picture is read too. */
  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
