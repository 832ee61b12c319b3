package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Spring Boot application on a class path that really lacks a library: whoever asks for a class,
 * with whichever loader, does not find it.
 */
@EnabledIf(value = "isTriedHere", disabledReason = "Once with each Spring Boot: it takes a while")
final class WithoutOneLibraryTest {
  private static final String HOSTS = "[default]";
  private static final String WITH_JDBI = "[default, default of Handle]";
  private static final String WITH_JOOQ = "[default, default of DSLContext]";
  private static final String ALL = "[default, default of DSLContext, default of Handle]";

  /**
   * What is taken away, and what the application has all the same.
   *
   * @param jars what their files' names begin with: the library, and what cannot be without it
   * @param type one of its classes
   * @param manager whether Spring's transactions are there
   */
  private record Absence(List<String> jars, String type, String hosts, boolean manager) {

    static Absence of(String jar, String type) {
      return new Absence(List.of(jar), type, ALL, true);
    }

    /** Also without these, which need it. */
    Absence and(String... others) {
      return new Absence(
          Stream.concat(jars.stream(), Stream.of(others)).toList(), type, hosts, manager);
    }

    Absence leaves(String left) {
      return new Absence(jars, type, left, manager);
    }

    Absence withoutManager() {
      return new Absence(jars, type, hosts, false);
    }

    boolean isOf(String entry) {
      return jars.stream()
          .anyMatch(jar -> Pattern.matches(".*/" + jar + "[-/][^/]*(/classes)?/?", entry));
    }

    @Override
    public String toString() {
      return "without " + jars.get(0);
    }
  }

  /** On Java 17, and with the oldest Spring Boot, of which the tests run on 25 alone. */
  static boolean isTriedHere() {
    return Runtime.version().feature() < 25 || System.getProperty("boot.oldest") != null;
  }

  static List<Absence> absences() {
    return List.of(
        Absence.of("jdbi3-core", "org.jdbi.v3.core.Jdbi").leaves(WITH_JOOQ),
        Absence.of("jdbi3-sqlobject", "org.jdbi.v3.sqlobject.SqlObjectPlugin"),
        Absence.of("jooq", "org.jooq.DSLContext").leaves(WITH_JDBI),
        Absence.of("spring-jdbc", "org.springframework.jdbc.core.JdbcTemplate")
            .and("spring-data-jdbc", "spring-data-relational", "spring-boot-jdbc", "jooq")
            .leaves(WITH_JDBI)
            .withoutManager(),
        Absence.of("spring-tx", "org.springframework.transaction.TransactionManager")
            .and("spring-jdbc", "spring-data-jdbc", "spring-data-relational")
            .and("spring-boot-jdbc", "jooq") // Spring Boot's own part for jOOQ needs it, too
            .leaves(WITH_JDBI)
            .withoutManager(),
        Absence.of("jakarta.servlet-api", "jakarta.servlet.Filter")
            .and("tomcat-embed-core", "spring-web", "spring-webmvc"),
        Absence.of("slf4j-api", "org.slf4j.LoggerFactory")
            .and("logback-classic", "jdbi3-core", "HikariCP")
            .leaves(WITH_JOOQ),
        Absence.of("context-propagation", "io.micrometer.context.ContextRegistry"),
        Absence.of("tx-observe", "io.txhost.observe.TransactionObserver"),
        Absence.of("micrometer-core", "io.micrometer.core.instrument.MeterRegistry"),
        Absence.of("micrometer-tracing", "io.micrometer.tracing.Tracer"),
        Absence.of(
            "spring-boot-actuator",
            "org.springframework.boot.actuate.endpoint.annotation.Endpoint"),
        Absence.of("aspectjweaver", "org.aspectj.lang.annotation.Aspect"),
        Absence.of("spring-test", "org.springframework.test.context.TestContext")
            .and("spring-boot-test"));
  }

  @ParameterizedTest
  @MethodSource("absences")
  void anApplicationBeginsCommitsAndRollsBack(Absence absence) throws Exception {
    Class.forName(absence.type()); // else its absence would show nothing
    try (URLClassLoader bare = classPathWithout(absence)) {
      assertThatThrownBy(() -> bare.loadClass(absence.type()))
          .isInstanceOf(ClassNotFoundException.class);

      assertThat(run(bare))
          .isEqualTo(
              "1 item, hosts %s, %s"
                  .formatted(
                      absence.hosts(),
                      absence.manager() ? "Spring's transactions join" : "no manager"));
    }
  }

  private static URLClassLoader classPathWithout(Absence absence) {
    String own = System.getProperty("java.class.path");
    String[] entries =
        System.getProperty("surefire.test.class.path", own).split(File.pathSeparator);
    URL[] left =
        Arrays.stream(entries)
            .filter(entry -> !absence.isOf(entry.replace(File.separatorChar, '/')))
            .map(WithoutOneLibraryTest::url)
            .toArray(URL[]::new);
    return new URLClassLoader(left, ClassLoader.getPlatformClassLoader());
  }

  private static URL url(String entry) {
    try {
      return new File(entry).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String run(ClassLoader loader) throws Exception {
    Method run = loader.loadClass(SmallApplication.class.getName()).getMethod("run");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return String.valueOf(run.invoke(null));
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
