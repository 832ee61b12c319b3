package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.spring.Applications.OneHost;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With the last Spring before those that are supported, in a class loader of its own. */
class OlderSpringTest {
  private static final Pattern SPRING = Pattern.compile(".*/spring-[^/]*\\.jar");

  /** Called there: the message of the refusal. */
  public static String run() {
    return Applications.refusalOf(OneHost.class).getMessage();
  }

  @Test
  void anApplicationOfAnOlderSpringIsRefusedWithTheRange() throws Exception {
    try (URLClassLoader older =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      assertThat(IsolatedRun.of(OlderSpringTest.class, older))
          .contains("TXH-629 This is Spring 6.1.")
          .contains("txhost works with Spring 6.2 and 7 (Spring Boot 3.5 and 4)");
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    File[] jars = new File("target/spring-too-old").listFiles();
    assertThat(jars).as("copied by the build").isNotEmpty();
    return Stream.concat(
            Arrays.stream(jars).map(IsolatedRun::url), IsolatedRun.classPathWithout(SPRING))
        .toArray(URL[]::new);
  }
}
