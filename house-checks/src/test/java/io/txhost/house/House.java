package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Where things are in the checked-out repository. */
final class House {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** The modules with code that users get. */
  static final List<String> PUBLISHED =
      List.of(
          "tx-core",
          "tx-test",
          "tx-adapter-tck",
          "tx-adapter-jdbc",
          "tx-adapter-jdbi",
          "tx-adapter-jooq",
          "tx-servlet",
          "tx-observe",
          "tx-spring",
          "tx-spring-boot-starter",
          "tx-kotlin");

  private static final Set<String> NOT_OURS =
      Set.of(".git", "target", ".idea", ".vscode", ".settings", "node_modules");

  private House() {}

  /** Every module with code, examples too. */
  static List<Path> modules() {
    try (Stream<Path> rooms = Files.list(ROOT);
        Stream<Path> examples = Files.list(ROOT.resolve("examples"))) {
      List<Path> found =
          Stream.concat(rooms, examples)
              .filter(dir -> Files.isRegularFile(dir.resolve("pom.xml")))
              .filter(dir -> Files.isDirectory(dir.resolve("src/main")))
              .sorted()
              .toList();
      assertThat(found)
          .as("modules with code; a published one that is missing here has none")
          .containsAll(published());
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> published() {
    return PUBLISHED.stream().map(ROOT::resolve).toList();
  }

  /** Those that are modules of Java's; Kotlin's have a name in their manifest. */
  static List<Path> publishedModules() {
    return published().stream()
        .filter(dir -> Files.isRegularFile(dir.resolve("src/main/java/module-info.java")))
        .toList();
  }

  static Path classesOf(Path module) {
    Path classes = module.resolve("target/classes");
    assertThat(classes).as("compiled classes: run with -am, after a compile").isDirectory();
    return classes;
  }

  /** The main sources of every module, those for one Java version too. */
  static List<Path> mainSources() {
    return modules().stream()
        .flatMap(module -> filesUnder(module.resolve("src/main")).stream())
        .filter(file -> file.toString().matches(".*\\.(java|kt)"))
        .toList();
  }

  /** The files below, without what a build, an editor or git put there. */
  static List<Path> filesUnder(Path dir) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          dir,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path sub, BasicFileAttributes attributes) {
              return NOT_OURS.contains(sub.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (!NOT_OURS.contains(
                  file.getFileName().toString())) { // in a worktree, .git is a file
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  static String named(Path file) {
    return ROOT.relativize(file).toString();
  }
}
