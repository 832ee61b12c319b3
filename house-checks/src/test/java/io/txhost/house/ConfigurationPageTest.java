package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.RetryPolicy;
import io.txhost.TransactionHost;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/configuration.md names what the code reads, and what a builder takes. */
final class ConfigurationPageTest {
  private static final Pattern PROPERTY = Pattern.compile("\"(txhost\\.[a-z.-]*[a-z])\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-zA-Z.-]+)` \\|");

  @Test
  void everyPropertyThatTheCodeReadsIsOnThePage() throws IOException {
    Set<String> read = new TreeSet<>();
    for (Path file : House.mainSources()) {
      String name = House.named(file);
      if (name.startsWith("tx-") && !name.startsWith("tx-observe/")) { // which names meters so
        PROPERTY.matcher(Files.readString(file)).results().forEach(one -> read.add(one.group(1)));
      }
    }

    assertThat(read).contains("txhost.carrier", "txhost.diagnostics");
    assertThat(rowsOf(page())).containsAll(read);
  }

  @Test
  void theSystemPropertiesAreThoseThatAClassReadsByItself() throws IOException {
    Set<String> read = new TreeSet<>();
    for (Path file : House.mainSources()) {
      String source = Files.readString(file);
      if (House.named(file).startsWith("tx-") && source.contains("System.getProperty(PROPERTY)")) {
        PROPERTY.matcher(source).results().forEach(one -> read.add(one.group(1)));
      }
    }

    assertThat(rowsOf(part("## System properties"))).isEqualTo(read);
  }

  @Test
  void everySettingOfTheBuilderIsOnThePage() throws IOException {
    Set<String> settings =
        Arrays.stream(TransactionHost.Builder.class.getMethods())
            .map(Method::getName)
            .filter(name -> !name.equals("build"))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(rowsOf(part("## The builder of a host"))).isEqualTo(settings);
  }

  @Test
  void theDelaysOfARetryAreTheCodesOwn() throws IOException {
    RetryPolicy policy = RetryPolicy.maxAttempts(2);

    assertThat(page())
        .contains(
            "| `txhost.retry.initial-delay` | " + policy.initialDelay().toMillis() + " ms |",
            "| `txhost.retry.max-delay` | " + policy.maxDelay().toSeconds() + " s |");
  }

  private static Set<String> rowsOf(String text) {
    return ROW.matcher(text)
        .results()
        .map(row -> row.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String part(String heading) throws IOException {
    String page = page();
    int from = page.indexOf(heading + "\n");
    assertThat(from).as(heading).isPositive();
    return page.substring(from, page.indexOf("\n## ", from + heading.length()));
  }

  private static String page() throws IOException {
    return Files.readString(House.ROOT.resolve("docs/configuration.md"));
  }
}
