package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages promise. */
final class DocsTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  @Test
  void everyExampleOfTheTourIsRunByATest() throws IOException {
    assertThat(examplesOf("docs/tour.md"))
        .hasSizeGreaterThan(5)
        .allSatisfy(one -> assertThat(run(TOUR)).contains(one));
  }

  @Test
  void everyExampleOfTheEntryPointsIsRunByATest() throws IOException {
    assertThat(examplesOf("docs/entry-points.md"))
        .hasSizeGreaterThan(5)
        .allSatisfy(one -> assertThat(run(ENTRY_POINTS)).contains(one));
  }

  private static final List<String> TOUR =
      List.of("house-checks/src/test/java/io/txhost/house/TourTest.java");

  /** Tests, and code that they run. */
  private static final List<String> ENTRY_POINTS =
      List.of(
          "house-checks/src/test/java/io/txhost/house/EntryPointsTest.java",
          "tx-spring/src/test/java/io/txhost/spring/ContextFilterTest.java",
          "tx-spring/src/test/java/io/txhost/spring/ContextScopeTest.java",
          "tx-spring/src/test/java/io/txhost/spring/WithContextTest.java",
          "examples/todo/src/main/java/io/txhost/examples/todo/RequestContexts.java",
          "examples/todo/src/main/java/io/txhost/examples/todo/PublicationService.java");

  private static List<String> examplesOf(String page) throws IOException {
    return JAVA_BLOCK
        .matcher(Files.readString(House.ROOT.resolve(page)))
        .results()
        .map(block -> squeezed(block.group(1)))
        .toList();
  }

  private static String run(List<String> sources) {
    StringBuilder all = new StringBuilder();
    for (String source : sources) {
      try {
        all.append(squeezed(Files.readString(House.ROOT.resolve(source)))).append('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.toString();
  }

  /** Formatting is the code's business, not the page's. */
  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void everyLinkBetweenPagesLeadsSomewhere() throws IOException {
    List<Path> pages;
    try (Stream<Path> docs = Files.walk(House.ROOT.resolve("docs"))) {
      pages =
          Stream.concat(
                  docs,
                  Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
                      .map(House.ROOT::resolve))
              .filter(page -> page.toString().endsWith(".md"))
              .toList();
    }

    assertThat(pages).hasSizeGreaterThan(5);
    for (Path page : pages) {
      for (MatchResult link : LINK.matcher(Files.readString(page)).results().toList()) {
        assertThat(page.resolveSibling(link.group(1))).as("%s in %s", link.group(), page).exists();
      }
    }
  }
}
