package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages promise. */
final class DocsTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern WAY = Pattern.compile("(?m)^  ([A-Z_]+)\\(");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  /** Each page with the tests, and the code that they run, which its examples are taken from. */
  static Stream<Arguments> pagesWithExamples() {
    String house = "house-checks/src/test/java/io/txhost/house/";
    String spring = "tx-spring/src/test/java/io/txhost/spring/";
    String adapter = "consumers/src/it/adapter/src/";
    String starter = "tx-spring-boot-starter/src/test/java/io/txhost/spring/boot/";
    String store = "consumers/src/it/newcomer/src/";
    String newcomer = store + "main/java/store/PlaceOrderHandler.java";
    String matrix = "matrix/src/test/java/io/txhost/matrix/";
    String todo = "examples/todo/src/main/java/io/txhost/examples/todo/";
    return Stream.of(
        arguments("docs/options.md", 6, List.of(house + "GuideTest.java", newcomer)),
        arguments("docs/propagation.md", 3, List.of(house + "GuideTest.java")),
        arguments(
            "docs/hooks-and-events.md",
            3,
            List.of(house + "GuideTest.java", spring + "HostEventsTest.java")),
        arguments(
            "docs/several-databases.md",
            3,
            List.of(house + "GuideTest.java", house + "LibrariesPagesTest.java")),
        arguments("docs/jdbc.md", 4, List.of(house + "LibrariesPagesTest.java")),
        arguments("docs/jdbi.md", 3, List.of(house + "LibrariesPagesTest.java")),
        arguments(
            "docs/jooq.md",
            4,
            List.of(
                house + "LibrariesPagesTest.java",
                store + "main/java/store/Orders.java",
                store + "main/java/store/PlaceOrderHandler.java",
                store + "test/java/store/StoreTest.java")),
        arguments(
            "docs/testing.md",
            10,
            List.of(
                "tx-adapter-jdbc/src/test/java/io/txhost/jdbc/testing/OrdersTest.java",
                "tx-adapter-jdbc/src/test/java/io/txhost/jdbc/testing/TestingPageTest.java",
                starter + "OnPostgresTest.java",
                starter + "UndoneTest.java",
                starter + "UndoneSliceTest.java")),
        arguments(
            "docs/observability.md",
            1,
            List.of("tx-observe/src/test/java/io/txhost/observe/ObservabilityPageTest.java")),
        arguments("docs/tenants.md", 3, List.of(matrix + "TenantsTest.java")),
        arguments(
            "docs/spring.md",
            6,
            List.of(
                spring + "page/Application.java",
                spring + "page/PlaceOrders.java",
                spring + "page/Orders.java",
                spring + "HostEventsTest.java",
                spring + "RawCallTest.java",
                spring + "TransactionalTestRefusalTest.java")),
        arguments(
            "docs/in-depth/writing-an-adapter.md",
            3,
            List.of(
                adapter + "main/java/session/SessionAdapter.java",
                adapter + "test/java/session/SessionUnderTest.java",
                adapter + "test/java/session/SessionOnH2Test.java")),
        arguments(
            "docs/moving-from-spring.md", 9, List.of(spring + "tx/MovingFromSpringTest.java")),
        arguments("docs/in-depth/bridge.md", 1, List.of(spring + "tx/BridgedApplicationTest.java")),
        arguments("docs/threads.md", 2, List.of(house + "ThreadsPageTest.java")),
        arguments(
            "docs/in-depth/forks.md",
            1,
            List.of("matrix/src/test/java25/io/txhost/matrix/ForksPageTest.java")),
        arguments(
            "docs/contexts.md",
            6,
            List.of(
                house + "ContextsPageTest.java",
                spring + "ContextFilterTest.java",
                spring + "ContextScopeTest.java",
                spring + "WithContextTest.java",
                starter + "RequestContextTest.java",
                todo + "PublicationService.java")));
  }

  @ParameterizedTest
  @MethodSource("pagesWithExamples")
  void everyExampleIsRunByATest(String page, int atLeast, List<String> sources) throws IOException {
    assertThat(examplesOf(page))
        .hasSizeGreaterThanOrEqualTo(atLeast)
        .allSatisfy(one -> assertThat(run(sources)).contains(one));
  }

  @Test
  void whatTheReadmeShowsSpringBootUsersIsAConsumersText() throws IOException {
    String store = "consumers/src/it/store/src/main/java/store/";
    String readme = Files.readString(House.ROOT.resolve("README.md"));
    String shown =
        JAVA_BLOCK
            .matcher(readme.substring(readme.indexOf("tx-spring-boot-starter")))
            .results()
            .findFirst()
            .orElseThrow()
            .group(1);

    assertThat(shown.split("\\R\\R(?=@)"))
        .hasSize(2)
        .allSatisfy(
            one ->
                assertThat(run(List.of(store + "Orders.java", store + "PlaceOrders.java")))
                    .contains(squeezed(one)));
  }

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
  void everyRowOfTheThreadsTablesIsShownByTestsThatExist() throws IOException {
    List<String> rows = new ArrayList<>();
    boolean isShown = false;
    for (String line : Files.readAllLines(House.ROOT.resolve("docs/in-depth/threads.md"))) {
      if (!line.startsWith("|")) {
        isShown = false;
      } else if (line.endsWith("| shown by |")) {
        isShown = true;
      } else if (isShown && !line.startsWith("|---")) {
        rows.add(line);
      }
    }
    Set<String> known = testsAndWays();

    assertThat(rows).hasSizeGreaterThan(10);
    for (String row : rows) {
      String[] cells = row.split("\\|");
      List<String> shownBy =
          NAME.matcher(cells[cells.length - 1])
              .results()
              .map(name -> name.group(1).replace("…", ".*"))
              .toList();
      assertThat(shownBy).as(row).isNotEmpty();
      assertThat(shownBy)
          .as(row)
          .allSatisfy(name -> assertThat(known).anyMatch(one -> one.matches(name)));
    }
  }

  @Test
  void everyLibraryThatAPageTellsOfIsShownByATestThatExists() throws IOException {
    List<String> rows =
        Files.readAllLines(House.ROOT.resolve("docs/jdbc.md")).stream()
            .filter(line -> line.endsWith("Test` |"))
            .toList();

    assertThat(rows).hasSizeGreaterThan(12);
    for (String row : rows) {
      String shownBy = row.substring(row.lastIndexOf(" | ") + 3);
      assertThat(NAME.matcher(shownBy).results().map(name -> name.group(1)))
          .as(row)
          .isNotEmpty()
          .isSubsetOf(testsAndWays());
    }
  }

  /** The names of test classes, and of the ways in which {@code OutsideTest} sends work. */
  private static Set<String> testsAndWays() throws IOException {
    Set<String> names =
        House.filesUnder(House.ROOT).stream()
            .map(file -> file.getFileName().toString())
            .filter(file -> file.matches("\\w+(Test|Contract)\\.java"))
            .map(file -> file.substring(0, file.lastIndexOf('.')))
            .collect(Collectors.toSet());
    String ways = Files.readString(House.ROOT.resolve("tx-core/src/test/java/io/txhost/Way.java"));
    WAY.matcher(ways).results().forEach(way -> names.add(way.group(1)));
    return names;
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
