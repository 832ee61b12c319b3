package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.txhost.elsewhere.CarryingProgram;
import io.txhost.elsewhere.PlainProgram;
import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** As a named module the core starts without context-propagation, and carries with it. */
class OnTheModulePathTest {
  private static final String CORE = location(TransactionHost.class);
  private static final String MICROMETER = location(ContextRegistry.class);

  private static String location(Class<?> type) {
    return Path.of(uri(type)).toString();
  }

  private static URI uri(Class<?> type) {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The program is on the class path, with all but what is on the module path. */
  private static String run(
      Class<?> program, List<String> modules, List<String> besides, String... arguments)
      throws Exception {
    List<String> classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.startsWith(CORE) && !entry.equals(MICROMETER))
            .collect(Collectors.toCollection(ArrayList::new));
    classPath.addAll(besides);
    List<String> options =
        new ArrayList<>(
            List.of(
                "-p",
                String.join(File.pathSeparator, modules),
                "--add-modules",
                "ALL-MODULE-PATH",
                "-cp",
                String.join(File.pathSeparator, classPath),
                program.getName()));
    options.addAll(List.of(arguments));
    return Programs.output(options);
  }

  @Test
  void withoutContextPropagationItStarts() throws Exception {
    assertThat(run(PlainProgram.class, List.of(CORE), List.of())).contains("module io.txhost true");
  }

  @Test
  void withContextPropagationAsAModuleItCarries() throws Exception {
    assertThat(run(CarryingProgram.class, List.of(CORE, MICROMETER), List.of()))
        .contains("carried true")
        .contains("module io.txhost, module context.propagation, accessors 1");
  }

  @Test
  void withContextPropagationAsAModuleThatIsUsedFirstItCarries() throws Exception {
    assertThat(run(CarryingProgram.class, List.of(CORE, MICROMETER), List.of(), "it first"))
        .contains("carried true")
        .contains("accessors 1");
  }

  @Test
  void withContextPropagationOnTheClassPathItCarries() throws Exception {
    assertThat(run(CarryingProgram.class, List.of(CORE), List.of(MICROMETER)))
        .contains("carried true")
        .contains("module io.txhost, unnamed module")
        .contains("accessors 1");
  }

  @Test
  void onTheClassPathItIsRegisteredOnce() throws Exception {
    assertThat(Programs.output(CarryingProgram.class))
        .contains("carried true")
        .contains("accessors 1");
  }
}
