package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** What only the compiled classes tell, those for one Java version too. */
final class ClassFilesTest {

  @Test
  void nothingIsSynchronized() throws IOException {
    List<String> found = new ArrayList<>();
    int read = 0;
    for (Path module : House.modules()) {
      for (Path file : House.filesUnder(House.classesOf(module))) {
        if (file.toString().endsWith(".class")) {
          found.addAll(monitorsIn(file));
          read++;
        }
      }
    }
    assertThat(read).as("classes read").isGreaterThan(House.PUBLISHED.size());
    assertThat(found).as("a monitor pins a virtual thread: use a ReentrantLock").isEmpty();
  }

  @Test
  void aMonitorWouldBeSeen() throws IOException {
    String own = Monitors.class.getName().replace('.', '/') + ".class";
    assertThat(monitorsIn(Path.of("target/test-classes").resolve(own)))
        .anyMatch(line -> line.endsWith("Monitors.method"))
        .anyMatch(line -> line.endsWith("Monitors.block"));
  }

  @ParameterizedTest
  @MethodSource("io.txhost.house.House#publishedModules")
  void theModuleExportsEveryPackageByNameButTheInternalOnes(Path module) throws IOException {
    Path classes = House.classesOf(module);
    try (var in = Files.newInputStream(classes.resolve("module-info.class"))) {
      ModuleDescriptor descriptor = ModuleDescriptor.read(in);
      Set<String> toAll =
          descriptor.exports().stream()
              .filter(export -> !export.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(descriptor.isOpen()).as("open").isFalse();
      assertThat(toAll).isNotEmpty().isEqualTo(packagesToExport(module));
    }
  }

  @Test
  void everyPublishedModuleButKotlinsIsOneOfJavas() {
    assertThat(House.published())
        .filteredOn(module -> !House.publishedModules().contains(module))
        .containsExactly(House.ROOT.resolve("tx-kotlin"));
  }

  /** Those with a public type: what has none is for nobody outside. */
  private static Set<String> packagesToExport(Path module) {
    Path sources = module.resolve("src/main/java");
    return House.filesUnder(sources).stream()
        .filter(file -> file.toString().endsWith(".java") && hasPublicType(file))
        .map(file -> sources.relativize(file))
        .map(file -> file.getParent().toString().replace('/', '.').replace('\\', '.'))
        .filter(name -> !name.contains(".internal"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean hasPublicType(Path source) {
    try {
      return Files.readAllLines(source).stream().anyMatch(line -> line.startsWith("public "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> monitorsIn(Path file) throws IOException {
    List<String> found = new ArrayList<>();
    ClassReader reader = new ClassReader(Files.readAllBytes(file));
    reader.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            String place = reader.getClassName() + "." + name;
            if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
              found.add(place);
            }
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public void visitInsn(int opcode) {
                if (opcode == Opcodes.MONITORENTER) {
                  found.add(place);
                }
              }
            };
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return found;
  }

  /** What the scan must see. */
  static final class Monitors {
    private int count;

    synchronized void method() {
      count++;
    }

    void block() {
      synchronized (this) {
        count++;
      }
    }
  }
}
