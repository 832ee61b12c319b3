package io.txhost.spring;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs part of a test with another class path: the class's own static method {@code run}. */
final class IsolatedRun {
  private IsolatedRun() {}

  static String of(Class<?> test, ClassLoader loader) throws Exception {
    Method run = loader.loadClass(test.getName()).getMethod("run");
    run.setAccessible(true);
    return (String) invoked(run, loader);
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

  /** This class path without the entries that match. */
  static Stream<URL> classPathWithout(Pattern excluded) {
    String own = System.getProperty("java.class.path");
    return Arrays.stream(
            System.getProperty("surefire.test.class.path", own).split(File.pathSeparator))
        .filter(entry -> !excluded.matcher(entry).matches())
        .map(IsolatedRun::url);
  }

  static URL url(String entry) {
    return url(new File(entry));
  }

  static URL url(File entry) {
    try {
      return entry.toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
