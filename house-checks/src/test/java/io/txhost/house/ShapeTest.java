package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How large a class may be, and how many may lean on one another. */
final class ShapeTest {
  private static final int MOST_LINES = 400;
  private static final int MOST_IN_A_CIRCLE = 5;

  /** Modules that were above before there was this rule: a figure may only shrink. */
  private static final Map<String, Integer> KNOWN_CIRCLES =
      Map.of("tx-adapter-jdbc", 30, "tx-adapter-jdbi", 12);

  @Test
  void noFileOfMainCodeHasMoreThanFourHundredLines() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : House.mainSources()) {
      long lines;
      try (Stream<String> all = Files.lines(file)) {
        lines = all.count();
      }
      if (lines > MOST_LINES) {
        found.add(House.named(file) + ": " + lines);
      }
    }
    assertThat(found).as("has it one reason to exist? Split it where it has two").isEmpty();
  }

  @Test
  void theCoreIsNotExcepted() {
    assertThat(KNOWN_CIRCLES).doesNotContainKey("tx-core");
  }

  /**
   * What users see is left out: an interface and what implements it know each other at the door,
   * where one is made.
   */
  @ParameterizedTest
  @MethodSource("io.txhost.house.House#publishedModules")
  void noCircleOfDependenciesHasMoreThanFiveClassesButThoseKnownBefore(Path module) {
    Map<String, Set<String>> dependencies = dependenciesIn(House.classesOf(module));
    int most = KNOWN_CIRCLES.getOrDefault(House.named(module), MOST_IN_A_CIRCLE);

    assertThat(dependencies).isNotEmpty();
    assertThat(largest(circles(dependencies)))
        .as("these all lean on one another; see CONTRIBUTING")
        .hasSizeLessThanOrEqualTo(most);
  }

  @Test
  void aCircleIsFoundAndWhatOnlyHangsOnItIsNoPartOfIt() {
    Map<String, Set<String>> dependencies =
        Map.of(
            "a", Set.of("b"),
            "b", Set.of("c"),
            "c", Set.of("a", "d"),
            "d", Set.of("e"),
            "e", Set.of("d"),
            "f", Set.of("a"));

    assertThat(circles(dependencies))
        .containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("d", "e"), Set.of("f"));
    assertThat(largest(circles(dependencies))).containsExactlyInAnyOrder("a", "b", "c");
  }

  /** Between the outermost classes, those for every Java version. */
  private static Map<String, Set<String>> dependenciesIn(Path classes) {
    Map<String, Set<String>> found = new TreeMap<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("META-INF/versions"))
            .importPath(classes)) {
      if (counts(type)) {
        Set<String> own = found.computeIfAbsent(outermost(type).getName(), name -> new TreeSet<>());
        type.getDirectDependenciesFromSelf().stream()
            .map(Dependency::getTargetClass)
            .filter(ShapeTest::counts)
            .map(target -> outermost(target).getName())
            .forEach(own::add);
      }
    }
    return found;
  }

  private static boolean counts(JavaClass type) {
    JavaClass outermost = outermost(type);
    boolean isSeen =
        outermost.getModifiers().contains(JavaModifier.PUBLIC)
            && !outermost.getPackageName().contains(".internal");
    return outermost.getPackageName().startsWith("io.txhost") && !isSeen;
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ShapeTest::outermost).orElse(type.getBaseComponentType());
  }

  private static Set<String> largest(List<Set<String>> circles) {
    return circles.stream().max(Comparator.comparingInt(Set::size)).orElse(Set.of());
  }

  /** Each class with all that it reaches and that reach it. */
  private static List<Set<String>> circles(Map<String, Set<String>> dependencies) {
    Map<String, Set<String>> reached = new TreeMap<>();
    dependencies.keySet().forEach(name -> reached.put(name, reachedFrom(name, dependencies)));
    return dependencies.keySet().stream()
        .map(
            name ->
                reached.get(name).stream()
                    .filter(other -> reached.getOrDefault(other, Set.of()).contains(name))
                    .collect(Collectors.toSet()))
        .distinct()
        .toList();
  }

  /** Itself included. */
  private static Set<String> reachedFrom(String name, Map<String, Set<String>> dependencies) {
    Set<String> reached = new TreeSet<>(Set.of(name));
    List<String> open = new ArrayList<>(List.of(name));
    while (!open.isEmpty()) {
      for (String next : dependencies.getOrDefault(open.remove(open.size() - 1), Set.of())) {
        if (reached.add(next)) {
          open.add(next);
        }
      }
    }
    return reached;
  }
}
