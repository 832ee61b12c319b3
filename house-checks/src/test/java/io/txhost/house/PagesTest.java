package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the pages for users look: their order, their ends, their lines, and where links lead. */
final class PagesTest {
  /** The pages for users, in the order in which they are read. */
  private static final List<String> IN_ORDER =
      List.of(
          "why",
          "install",
          "quick-start",
          "quick-start-boot",
          "options",
          "propagation",
          "hooks-and-events",
          "several-databases",
          "threads",
          "contexts",
          "jdbi",
          "jooq",
          "jdbc",
          "spring",
          "spring-boot",
          "moving-from-spring",
          "testing",
          "observability",
          "tenants",
          "other-languages",
          "configuration",
          "supported",
          "glossary",
          "versioning");

  private static final int LONGEST_LINE = 120;
  private static final String LAST_PART = "## What can go wrong";
  private static final Pattern CODE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)\\s]+))?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern FILLED_IN = Pattern.compile("@([\\w.-]+)@");

  static Stream<Path> pagesForUsers() {
    return IN_ORDER.stream().map(name -> House.ROOT.resolve("docs/" + name + ".md"));
  }

  @ParameterizedTest
  @MethodSource("pagesForUsers")
  void aPageEndsWithWhatCanGoWrong(Path page) throws IOException {
    List<String> parts = withoutCode(page).lines().filter(line -> line.startsWith("## ")).toList();

    assertThat(parts).as("the parts of %s", page).endsWith(LAST_PART);
    assertThat(Files.readString(page).lines().dropWhile(line -> !line.equals(LAST_PART)))
        .as("links of the last part of %s", page)
        .anyMatch(line -> line.contains("troubleshooting.md"));
  }

  /** Those, and the pages to look things up and for experts. */
  static Stream<Path> allThatAreRead() throws IOException {
    try (Stream<Path> inDepth = Files.list(House.ROOT.resolve("docs/in-depth"))) {
      return Stream.of(
              pagesForUsers(),
              Stream.of("README.md", "troubleshooting.md").map(House.ROOT.resolve("docs")::resolve),
              inDepth.toList().stream())
          .flatMap(pages -> pages);
    }
  }

  @ParameterizedTest
  @MethodSource("allThatAreRead")
  void noLineOfAPageIsLongerThanAScreenIsWide(Path page) throws IOException {
    assertThat(Files.readAllLines(page).stream().filter(line -> !line.startsWith("|")))
        .as("lines of %s", page)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(LONGEST_LINE));
  }

  @Test
  void theReadmeListsThePagesInTheirOrder() throws IOException {
    List<String> linked =
        LINK.matcher(readmesList())
            .results()
            .map(link -> link.group(1).replaceAll("docs/|\\.md", ""))
            .filter(IN_ORDER::contains)
            .toList();

    assertThat(linked).containsExactlyElementsOf(IN_ORDER);
  }

  @Test
  void theIndexListsEveryPage() throws IOException {
    Path docs = House.ROOT.resolve("docs");
    Set<Path> linked =
        LINK.matcher(Files.readString(docs.resolve("README.md")))
            .results()
            .map(link -> docs.resolve(link.group(1)))
            .collect(Collectors.toSet());

    assertThat(allPages())
        .filteredOn(page -> page.startsWith(docs) && !page.startsWith(docs.resolve("decisions")))
        .filteredOn(page -> !page.equals(docs.resolve("README.md")))
        .allSatisfy(page -> assertThat(linked).contains(page));
  }

  private static String readmesList() throws IOException {
    String readme = Files.readString(House.ROOT.resolve("README.md"));
    return readme.substring(readme.indexOf("## The pages"), readme.indexOf("## Modules"));
  }

  /** A quick start is a whole application, which is built and tested outside this build. */
  @ParameterizedTest
  @ValueSource(strings = {"quick-start", "quick-start-boot"})
  void aQuickStartIsAnApplicationThatIsBuilt(String name) throws IOException {
    Path application = House.ROOT.resolve("consumers/src/it").resolve(name);
    Map<String, String> versions = versions();
    List<String> files = new ArrayList<>();
    for (Path file : House.filesUnder(application)) {
      files.add(filledIn(Files.readString(file), versions).strip());
    }

    List<String> shown =
        CODE.matcher(Files.readString(House.ROOT.resolve("docs/" + name + ".md")))
            .results()
            .filter(block -> Set.of("java", "xml", "sql").contains(block.group(1)))
            .map(block -> block.group(2).strip())
            .toList();

    assertThat(shown).containsExactlyInAnyOrderElementsOf(files);
  }

  private static Map<String, String> versions() throws IOException {
    Map<String, String> versions = new HashMap<>();
    String pom = Files.readString(House.ROOT.resolve("pom.xml"));
    Pattern.compile("<([\\w.-]+\\.version)>([^<]+)</\\1>")
        .matcher(pom)
        .results()
        .forEach(one -> versions.put(one.group(1), one.group(2)));
    MatchResult own =
        Pattern.compile("<version>([^<]+)</version>")
            .matcher(pom)
            .results()
            .findFirst()
            .orElseThrow();
    versions.put("project.version", own.group(1));
    return versions;
  }

  private static String filledIn(String text, Map<String, String> versions) {
    return FILLED_IN
        .matcher(text)
        .replaceAll(name -> versions.getOrDefault(name.group(1), name.group()));
  }

  @Test
  void everyLinkLeadsToAHeadingThatIsThere() throws IOException {
    for (Path page : allPages()) {
      for (MatchResult link : LINK.matcher(withoutCode(page)).results().toList()) {
        if (link.group(2) != null) {
          Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
          assertThat(anchorsOf(target))
              .as("%s in %s", link.group(), House.named(page))
              .contains(link.group(2));
        }
      }
    }
  }

  private static List<Path> allPages() throws IOException {
    try (Stream<Path> docs = Files.walk(House.ROOT.resolve("docs"))) {
      return Stream.concat(
              docs,
              Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(House.ROOT::resolve))
          .filter(page -> page.toString().endsWith(".md"))
          .toList();
    }
  }

  private static Set<String> anchorsOf(Path page) throws IOException {
    return HEADING
        .matcher(withoutCode(page))
        .results()
        .map(heading -> anchor(heading.group(1)))
        .collect(Collectors.toSet());
  }

  /** As the places where Markdown is read make it. */
  private static String anchor(String heading) {
    return heading
        .strip()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static String withoutCode(Path page) throws IOException {
    return CODE.matcher(Files.readString(page)).replaceAll("");
  }
}
