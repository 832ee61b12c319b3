package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.test.NothingLeftBehind;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

// E4
/** Proxies and the weaver do the same where both can; the weaver does more. */
@ExtendWith(NothingLeftBehind.class)
class WeavingTest {
  private static String output = "";

  /** With the load-time weaver, on the Java of this test. */
  @BeforeAll
  static void runTheProgram() throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String weaver =
        Arrays.stream(classPath.split(File.pathSeparator))
            .filter(Predicate.not(entry -> !entry.matches(".*aspectjweaver[^/\\\\]*\\.jar")))
            .findFirst()
            .orElseThrow();
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-javaagent:" + weaver,
                    "-cp",
                    classPath,
                    WovenProgram.class.getName()))
            .redirectErrorStream(true)
            .start();
    output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  private static Map<String, String> printed(String what) {
    Map<String, String> outcomes = new TreeMap<>();
    output
        .lines()
        .filter(line -> line.startsWith(what + ": "))
        .map(line -> line.substring(what.length() + 2).split(" = ", 2))
        .forEach(pair -> outcomes.put(pair[0], pair[1]));
    return outcomes;
  }

  @Test
  void proxiesDoWhatIsAgreed() throws Exception {
    assertThat(Shop.outcomes(Shop.Proxied.class)).containsExactlyInAnyOrderEntriesOf(Shop.AGREED);
  }

  @Test
  void theWeaverDoesTheSame() {
    assertThat(printed("woven")).as(output).containsExactlyInAnyOrderEntriesOf(Shop.AGREED);
  }

  @Test
  void wovenBeansOfAContextWithProxiesHaveOneBoundary() {
    assertThat(printed("beside proxies"))
        .as(output)
        .containsExactlyInAnyOrderEntriesOf(Shop.AGREED);
  }

  @Test
  void theWeaverCoversWhatProxiesCannot() {
    assertThat(printed("own")).as(output).containsExactlyInAnyOrderEntriesOf(WovenProgram.EXPECTED);
  }

  @Test
  void withoutAWeaverTheStartIsRefused() {
    assertThat(
            Applications.refusalOf(Shop.Woven.class, Shop.Hosts.class, Shop.Orders.class)
                .findings())
        .singleElement()
        .asString()
        .startsWith(
            "TXH-680 bean 'shop.Orders': this context has @EnableTransactionHosts(mode = ASPECTJ),"
                + " and Shop.Orders.")
        .contains(
            "is not woven, so its @Transactional would be ignored; start the JVM with"
                + " -javaagent:aspectjweaver.jar");
  }
}
