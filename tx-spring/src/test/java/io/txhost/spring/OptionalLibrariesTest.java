package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import io.txhost.spring.Applications.OneHost;
import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is optional is not needed: without the Servlet API and SLF4J on the class path. */
class OptionalLibrariesTest {
  private static final Pattern OPTIONAL =
      Pattern.compile(".*/(jakarta\\.servlet-api|tomcat|slf4j|spring-web)[^/]*\\.jar");

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
    try (URLClassLoader bare = new URLClassLoader(classPath(), platform())) {
      for (String absent : new String[] {"org.slf4j.MDC", "jakarta.servlet.Filter"}) {
        assertThatThrownBy(() -> bare.loadClass(absent)).isInstanceOf(ClassNotFoundException.class);
      }
      Method run = bare.loadClass(OptionalLibrariesTest.class.getName()).getMethod("run");
      run.setAccessible(true);
      assertThat((String) invoked(run, bare)).hasSize(36);
    }
  }

  /** Spring makes its proxies in the loader of the thread. */
  private static Object invoked(Method run, ClassLoader loader) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return run.invoke(null);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static ClassLoader platform() {
    return ClassLoader.getPlatformClassLoader();
  }

  private static URL[] classPath() {
    String own = System.getProperty("java.class.path");
    return Arrays.stream(
            System.getProperty("surefire.test.class.path", own).split(File.pathSeparator))
        .filter(entry -> !OPTIONAL.matcher(entry).matches())
        .map(OptionalLibrariesTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
