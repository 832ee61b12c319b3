package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
    String run = squeezed(Files.readString(House.ROOT.resolve(TOUR_TEST)));
    List<String> examples =
        JAVA_BLOCK
            .matcher(Files.readString(House.ROOT.resolve("docs/tour.md")))
            .results()
            .map(block -> squeezed(block.group(1)))
            .toList();

    assertThat(examples).hasSizeGreaterThan(5).allSatisfy(one -> assertThat(run).contains(one));
  }

  private static final String TOUR_TEST =
      "house-checks/src/test/java/io/txhost/house/TourTest.java";

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
