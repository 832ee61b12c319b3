package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import io.txhost.spring.Applications.OneHost;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is optional is not needed: without the Servlet API and SLF4J on the class path. */
class OptionalLibrariesTest {
  private static final Pattern OPTIONAL =
      Pattern.compile(
          ".*/(jakarta\\.servlet-api|tomcat|slf4j|spring-web|spring-test|spring-boot)[^/]*\\.jar");

  static class Job {
    @WithContext
    public String run() {
      return Context.current().id();
    }
  }

  /** Called there. */
  public static String run() {
    try (var application = Applications.start(OneHost.class, Job.class)) {
      return application.getBean(Job.class).run();
    }
  }

  @Test
  void aJobRunsInAContextWithoutThem() throws Exception {
    try (URLClassLoader bare =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      for (String absent : new String[] {"org.slf4j.MDC", "jakarta.servlet.Filter"}) {
        assertThatThrownBy(() -> bare.loadClass(absent)).isInstanceOf(ClassNotFoundException.class);
      }
      assertThat(IsolatedRun.of(OptionalLibrariesTest.class, bare)).hasSize(36);
    }
  }

  private static URL[] classPath() {
    return IsolatedRun.classPathWithout(OPTIONAL).toArray(URL[]::new);
  }
}
