package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** What the poms promise to those who use the modules, and to those who build them. */
final class PomsTest {
  private static final String BOM = "tx-bom";
  private static final Pattern VERSION_IN_A_PAGE =
      Pattern.compile(
          "<artifactId>tx-[\\w-]+</artifactId>\\s*<version>([^<]+)<|io\\.txhost:tx-bom:([^\")]+)");

  private static final Pattern XML_BLOCK = Pattern.compile("```xml\\n(.*?)```", Pattern.DOTALL);

  /** What comes with each module, besides what comes with that again. */
  private static final Map<String, Set<String>> USERS_GET =
      Map.ofEntries(
          Map.entry("tx-core", Set.of("org.jspecify:jspecify")),
          Map.entry("tx-adapter-jdbc", Set.of("io.txhost:tx-core")),
          Map.entry("tx-adapter-jdbi", Set.of("io.txhost:tx-adapter-jdbc", "org.jdbi:jdbi3-core")),
          Map.entry("tx-adapter-jooq", Set.of("io.txhost:tx-adapter-jdbc", "org.jooq:jooq")),
          Map.entry("tx-servlet", Set.of("io.txhost:tx-core")),
          Map.entry("tx-observe", Set.of("io.txhost:tx-core")),
          Map.entry(
              "tx-spring",
              Set.of(
                  "io.txhost:tx-core",
                  "org.springframework:spring-context",
                  "org.springframework:spring-aop",
                  "org.aspectj:aspectjweaver")),
          Map.entry(
              "tx-spring-boot-starter",
              Set.of(
                  "io.txhost:tx-spring",
                  "io.txhost:tx-servlet",
                  "io.txhost:tx-observe",
                  "io.txhost:tx-adapter-jdbc",
                  "io.txhost:tx-adapter-jdbi", // without its library
                  "io.txhost:tx-adapter-jooq",
                  "org.springframework.boot:spring-boot-autoconfigure")),
          Map.entry("tx-kotlin", Set.of("io.txhost:tx-core", "org.jetbrains.kotlin:kotlin-stdlib")),
          Map.entry(
              "tx-test",
              Set.of(
                  "io.txhost:tx-core",
                  "org.junit.jupiter:junit-jupiter-api",
                  "org.junit.platform:junit-platform-launcher")),
          Map.entry(
              "tx-adapter-tck",
              Set.of(
                  "io.txhost:tx-test",
                  "org.junit.jupiter:junit-jupiter",
                  "org.assertj:assertj-core")));

  /**
   * None of them runs anything of ours when tests are skipped: a new one is looked at first. What
   * exec runs is a profile's, the benchmarks'.
   */
  private static final Set<String> PLUGINS =
      Set.of(
          "exec-maven-plugin",
          "maven-clean-plugin",
          "maven-compiler-plugin",
          "maven-dependency-plugin",
          "maven-deploy-plugin",
          "maven-enforcer-plugin",
          "maven-failsafe-plugin",
          "maven-install-plugin",
          "maven-invoker-plugin",
          "maven-jar-plugin",
          "maven-javadoc-plugin",
          "maven-resources-plugin",
          "maven-site-plugin",
          "maven-source-plugin",
          "maven-surefire-plugin",
          "maven-toolchains-plugin",
          "jacoco-maven-plugin",
          "kotlin-maven-plugin",
          "spotless-maven-plugin",
          "spring-boot-maven-plugin");

  private final Pom parent = Pom.of(".");
  private final Pom bom = Pom.of(BOM);

  @Test
  void theBomManagesThePublishedModulesAndNothingElse() {
    // issue 12, point 15: with a parent it managed what the parent manages
    assertThat(bom.hasParent()).isFalse();
    assertThat(bom.managed()).extracting(Pom.Entry::scope).containsOnly(Optional.empty());
    assertThat(bom.managed())
        .extracting(one -> one.name() + ":" + one.version().orElseThrow())
        .containsExactlyInAnyOrderElementsOf(
            House.PUBLISHED.stream()
                .map(one -> "io.txhost:" + one + ":${project.version}")
                .toList());
  }

  @Test
  void theBomIsOfTheParentsVersionAndBuiltWithTheParentsPlugins() {
    assertThat(bom.version()).isEqualTo(parent.version());
    Map<String, String> parents =
        parent.plugins().stream()
            .filter(one -> one.version().isPresent())
            .collect(Collectors.toMap(Pom.Entry::name, one -> one.version().orElseThrow()));

    assertThat(bom.plugins())
        .hasSizeGreaterThan(3)
        .allSatisfy(one -> assertThat(one.version()).hasValue(parents.get(one.name())));
  }

  @Test
  void everyModuleIsPublishedOrSaysThatItIsNot() {
    List<String> published =
        parent.modules().stream()
            .filter(module -> !module.equals(BOM))
            .filter(module -> !isTrue(module, "maven.deploy.skip"))
            .toList();

    assertThat(published).containsExactlyInAnyOrderElementsOf(House.PUBLISHED);
    assertThat(published).noneMatch(module -> isTrue(module, "maven.install.skip"));
  }

  private static boolean isTrue(String module, String property) {
    return Pom.of(module).property(property).filter("true"::equals).isPresent();
  }

  @Test
  void usersGetWithAModuleWhatItNeedsToRunAndNothingElse() {
    assertThat(USERS_GET).containsOnlyKeys(House.PUBLISHED);
    USERS_GET.forEach(
        (module, expected) ->
            assertThat(Pom.of(module).dependencies())
                .as(module)
                .filteredOn(one -> !one.isOptional())
                .filteredOn(one -> one.scope().orElse("compile").matches("compile|runtime"))
                .extracting(Pom.Entry::name)
                .containsExactlyInAnyOrderElementsOf(expected));
  }

  @Test
  void aReleaseHasSourcesAndJavadocWithoutAWarning() {
    assertThat(parent.everywhere("profile"))
        .filteredOn(profile -> textOf(profile, "id").equals("release"))
        .singleElement()
        .satisfies(
            release -> {
              assertThat(release.getTextContent())
                  .contains("maven-source-plugin", "jar-no-fork", "maven-javadoc-plugin");
            });
    for (Pom pom : List.of(parent, bom)) {
      assertThat(pom.everywhere("developer")).as(pom.artifact()).isNotEmpty();
      assertThat(pom.everywhere("scm")).as(pom.artifact()).hasSize(1);
    }
  }

  @Test
  void theJavadocOfWhatIsPublishedIsOneSiteWithoutAWarning() {
    Element javadoc =
        parent
            .everywhere("plugin")
            .filter(plugin -> textOf(plugin, "artifactId").equals("maven-javadoc-plugin"))
            .filter(plugin -> plugin.getElementsByTagName("doclint").getLength() > 0)
            .findFirst()
            .orElseThrow();
    List<String> leftOut =
        parent.modules().stream()
            .filter(module -> !module.equals("tx-bom"))
            .filter(module -> module.equals("tx-kotlin") || !House.PUBLISHED.contains(module))
            .map(module -> Pom.of(module).artifact())
            .toList();

    assertThat(textOf(javadoc, "doclint")).isEqualTo("all,-missing");
    assertThat(textOf(javadoc, "failOnWarnings")).isEqualTo("true");
    assertThat(textOf(javadoc, "skippedModules").split(","))
        .containsExactlyInAnyOrderElementsOf(leftOut);
  }

  private static String textOf(Element within, String name) {
    return within.getElementsByTagName(name).item(0).getTextContent().strip();
  }

  @Test
  void skippedTestsAreSkippedByEveryPlugin() {
    assertThat(parent.property("skipTests")).hasValue("false");
    assertThat(parent.property("skipITs")).hasValue("${skipTests}");
    for (String module : parent.modules()) {
      assertThat(Pom.of(module).property("skipTests")).as(module).isEmpty();
      assertThat(Pom.of(module).property("skipITs").orElse("true")).as(module).isEqualTo("true");
    }
    for (Pom pom : all()) {
      assertThat(pom.plugins()).extracting(Pom.Entry::artifact).isSubsetOf(PLUGINS);
      assertThat(Stream.of("skip", "skipTests", "skipITs").flatMap(pom::everywhere))
          .as("what a module of %s sets in the plugins that run tests", pom.artifact())
          .noneMatch(PomsTest::isOfAPluginThatRunsTests);
    }
    assertThat(
            Stream.of("skipInstallation", "skipInvocation")
                .flatMap(Pom.of("consumers")::everywhere))
        .extracting(Element::getTextContent)
        .containsExactly("${consumers.skip}", "${consumers.skip}");
    assertThat(Pom.of("consumers").property("consumers.skip")).hasValue("${skipTests}");
  }

  private List<Pom> all() {
    return Stream.concat(Stream.of("."), parent.modules().stream()).map(Pom::of).toList();
  }

  private static boolean isOfAPluginThatRunsTests(Element setting) {
    for (Node above = setting.getParentNode(); above != null; above = above.getParentNode()) {
      if (above.getNodeName().equals("plugin")) {
        return new Pom.Entry((Element) above)
            .artifact()
            .matches("maven-(surefire|failsafe)-plugin");
      }
    }
    return false;
  }

  @Test
  void everyJarHasTheLicence() {
    for (Path module : House.published()) {
      assertThat(House.classesOf(module).resolve("META-INF/LICENSE"))
          .hasSameTextualContentAs(House.ROOT.resolve("LICENSE"));
    }
  }

  @Test
  void thePagesNameTheVersionThatIsBuilt() throws IOException {
    for (String page : List.of("README.md", "docs/install.md", "docs/jdbi.md", "docs/jooq.md")) {
      Set<String> named = new TreeSet<>();
      String text = Files.readString(House.ROOT.resolve(page));
      for (MatchResult version : VERSION_IN_A_PAGE.matcher(text).results().toList()) {
        named.add(version.group(1) != null ? version.group(1) : version.group(2));
      }
      assertThat(named).as(page).containsExactly(parent.version().orElseThrow());
    }
  }

  @Test
  void whatThePagesSayToAddIsInAConsumersPom() throws IOException {
    String consumers =
        (consumer("modules") + consumer("store-4.1") + consumer("newcomer"))
            .replace("@project.version@", parent.version().orElseThrow());
    String pages =
        Files.readString(House.ROOT.resolve("README.md"))
            + Files.readString(House.ROOT.resolve("docs/install.md"));
    List<String> blocks =
        XML_BLOCK
            .matcher(pages)
            .results()
            .map(block -> squeezed(block.group(1)))
            .map(block -> block.replaceFirst("</dependencies>$", "")) // a consumer may have more
            .toList();

    assertThat(blocks).hasSize(3).allSatisfy(block -> assertThat(consumers).contains(block));
  }

  private static String consumer(String name) throws IOException {
    return squeezed(Files.readString(House.ROOT.resolve("consumers/src/it/" + name + "/pom.xml")));
  }

  private static String squeezed(String xml) {
    return xml.replaceAll("\\s+", "");
  }
}
