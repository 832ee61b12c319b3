package shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The list of txhost adds its own modules to what Spring Boot manages, and changes nothing. */
final class ManagedVersionsTest {
  /** Where a local repository has a jar: folders of the group, the artifact, the version. */
  private static final Pattern JAR =
      Pattern.compile(
          "/local-repository/(?<folder>.+/(?<artifact>[^/]+))/(?<version>[^/]+)/[^/]+\\.jar$");

  @Test
  void everythingButTxhostIsManagedBySpringBoot() throws Exception {
    Map<String, String> here = managed("here.xml");
    assertThat(here).containsKey("io.txhost:tx-core:jar:");

    here.keySet().removeIf(name -> name.startsWith("io.txhost:"));

    Map<String, String> boot = managed("boot.xml");
    assertThat(boot)
        .hasSizeGreaterThan(1000)
        .containsKeys(
            "org.springframework:spring-core:jar:",
            "org.junit.jupiter:junit-jupiter:jar:",
            "com.h2database:h2:jar:",
            "org.postgresql:postgresql:jar:",
            "org.mariadb.jdbc:mariadb-java-client:jar:",
            "com.mysql:mysql-connector-j:jar:");
    // each side less the other: whole maps would fill the page
    assertThat(without(here, boot)).as("managed here, not so by Spring Boot").isEmpty();
    assertThat(without(boot, here)).as("managed by Spring Boot, not so here").isEmpty();
  }

  private static Map<String, String> without(Map<String, String> some, Map<String, String> others) {
    Map<String, String> left = new TreeMap<>(some);
    left.entrySet().removeAll(others.entrySet());
    return left;
  }

  @Test
  void everyJarOnTheClassPathIsOfTheVersionThatSpringBootManages() throws Exception {
    Map<String, String> versions = new TreeMap<>();
    managed("boot.xml").forEach((name, version) -> versions.put(folderOf(name), version));
    List<String> compared = new ArrayList<>();
    for (String entry : System.getProperty("surefire.test.class.path").split(File.pathSeparator)) {
      Matcher jar = JAR.matcher(entry.replace(File.separatorChar, '/'));
      if (jar.find() && versions.containsKey(jar.group("folder"))) {
        compared.add(jar.group("artifact"));
        assertThat(jar.group("version")).as(entry).isEqualTo(versions.get(jar.group("folder")));
      }
    }
    assertThat(compared)
        .contains(
            "spring-core", "spring-aop", "junit-jupiter-api", "h2", "HikariCP", "assertj-core");
  }

  private static String folderOf(String name) {
    String[] parts = name.split(":");
    return parts[0].replace('.', '/') + "/" + parts[1];
  }

  /** Names with versions, of a pom that Maven's help plugin wrote in full. */
  private static Map<String, String> managed(String pom) throws Exception {
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("target", pom).toFile())
            .getDocumentElement();
    Element management = (Element) root.getElementsByTagName("dependencyManagement").item(0);
    NodeList dependencies = management.getElementsByTagName("dependency");
    Map<String, String> versions = new TreeMap<>();
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element one = (Element) dependencies.item(i);
      versions.put(
          "%s:%s:%s:%s"
              .formatted(
                  text(one, "groupId", ""),
                  text(one, "artifactId", ""),
                  text(one, "type", "jar"),
                  text(one, "classifier", "")),
          text(one, "version", ""));
    }
    return versions;
  }

  private static String text(Element parent, String child, String otherwise) {
    NodeList found = parent.getChildNodes();
    for (int i = 0; i < found.getLength(); i++) {
      if (found.item(i).getNodeName().equals(child)) {
        return found.item(i).getTextContent().strip();
      }
    }
    return otherwise;
  }
}
