package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What an editor completes is what there is, and is on the page. */
final class MetadataTest {
  private static final String FILE = "META-INF/spring-configuration-metadata.json";

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(txhost\\.[a-z.-]+)` \\|");

  /** What tx-spring reads itself. */
  private static final String TX_SPRINGS = "txhost.spring.";

  @Test
  void eachPropertyIsInTheMetadataAndNoOther() throws IOException {
    Set<String> known = new TreeSet<>();
    collect("txhost", TxHostProperties.class, known);

    assertThat(
            properties().stream()
                .map(one -> (String) one.get("name"))
                .filter(name -> !name.startsWith(TX_SPRINGS)))
        .containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void eachIsOnThePageWithItsDefaultAndItsDescription() throws IOException {
    String page = Files.readString(Path.of("../docs/configuration.md"));

    assertThat(properties())
        .hasSizeGreaterThan(20)
        .allSatisfy(
            one -> {
              String description = (String) one.get("description");
              assertThat(description).as("%s", one.get("name")).endsWith(".");
              assertThat(page).containsPattern(rowOf(one, description));
            });
  }

  @Test
  void eachPropertyOfThePageIsInTheMetadata() throws IOException {
    String page = Files.readString(Path.of("../docs/configuration.md"));
    String ofTheStarter = page.substring(0, page.indexOf("\n## System properties"));

    assertThat(ROW.matcher(ofTheStarter).results().map(row -> row.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            properties().stream().map(one -> (String) one.get("name")).toList());
  }

  private static String rowOf(Map<String, Object> property, String description) {
    Object value = property.get("defaultValue");
    return "(?m)^\\| `"
        + Pattern.quote((String) property.get("name"))
        + "` \\| "
        + (value == null ? "[^|`]*(?:`[a-z-]+`)?" : Pattern.quote("`" + value + "`"))
        + " \\| "
        + Pattern.quote(description)
        + " \\|$";
  }

  @Test
  void everyHintIsOfAProperty() throws IOException {
    List<String> names = properties().stream().map(one -> (String) one.get("name")).toList();

    assertThat(entries("hints"))
        .isNotEmpty()
        .allSatisfy(hint -> assertThat(names).contains((String) hint.get("name")));
  }

  private static void collect(String prefix, Class<?> type, Set<String> into) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase();
      if (component.getType().isRecord()) {
        collect(name, component.getType(), into);
      } else if (!(name + ".").equals(TX_SPRINGS)) {
        into.add(name);
      }
    }
  }

  private static List<Map<String, Object>> properties() throws IOException {
    return entries("properties");
  }

  @SuppressWarnings("unchecked") // the file's shape
  private static List<Map<String, Object>> entries(String kind) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of("src/main/resources", FILE))) {
      return (List<Map<String, Object>>) new Yaml().<Map<String, Object>>load(in).get(kind);
    }
  }
}
