package io.txhost.spring.boot;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/**
 * Starts an application of many annotated beans, with this starter's annotation or with Spring's,
 * in a JVM of its own, and says how long that took. The beans call one another, and methods of
 * their own.
 */
final class StartUp {
  private static final int SECONDS = 300;

  /** Whose annotation it is. */
  enum Annotation {
    OURS("io.txhost.Transactional", ""),
    SPRINGS(
        "org.springframework.transaction.annotation.Transactional",
        "io.txhost.spring.boot.TxHostAutoConfiguration,"
            + "io.txhost.spring.boot.TxHostContextAutoConfiguration,"
            + "io.txhost.spring.boot.TxHostEndpointAutoConfiguration,"
            + "io.txhost.spring.boot.TxHostJdbiAutoConfiguration,"
            + "io.txhost.spring.boot.TxHostJooqAutoConfiguration,"
            + "io.txhost.spring.boot.TxHostObserveAutoConfiguration,"
            + "io.txhost.spring.boot.TxHostTransactionAutoConfiguration");

    private final String annotation;
    private final String excluded;

    Annotation(String annotation, String excluded) {
      this.annotation = annotation;
      this.excluded = excluded;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @ComponentScan("startup")
  static class Application {}

  private StartUp() {}

  /** In the new JVM. */
  public static void main(String[] arguments) {
    Annotation annotation = Annotation.valueOf(arguments[0]);
    SpringApplication application = new SpringApplication(Application.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setDefaultProperties(
        Map.of(
            "spring.autoconfigure.exclude", annotation.excluded,
            "spring.datasource.url", "jdbc:h2:mem:startup",
            "logging.level.root", "warn",
            "spring.main.banner-mode", "off"));
    long begin = System.nanoTime();
    try (ConfigurableApplicationContext context = application.run()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      if (!AopUtils.isAopProxy(context.getBean("service0"))) {
        throw new IllegalStateException("The annotation took no effect");
      }
      System.out.println(millis);
    }
  }

  /**
   * Starts it.
   *
   * @param classes where {@link #compile} has put the beans
   * @return how many milliseconds {@code SpringApplication.run} took
   */
  static long millis(Path classes, Annotation annotation) throws Exception {
    Path said = Files.createTempFile(classes, "said", ".txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + File.pathSeparator + classPath(),
                StartUp.class.getName(),
                annotation.name())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    boolean isOver = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    List<String> lines = Files.readAllLines(said);
    if (!isOver || process.exitValue() != 0) {
      throw new IllegalStateException(
          (isOver ? "It failed: " : "It did not start: ") + String.join("\n", lines));
    }
    return Long.parseLong(lines.get(lines.size() - 1));
  }

  /**
   * Without Jdbi: the starter makes one, and Spring Boot does not, so the two applications would
   * not be of the same parts. Both have jOOQ.
   */
  private static String classPath() {
    String[] all = System.getProperty("java.class.path").split(File.pathSeparator);
    return Arrays.stream(all)
        .filter(jar -> !new File(jar).getName().startsWith("jdbi3-"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Writes and compiles so many beans. */
  static void compile(Path folder, Annotation annotation, int beans) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("startup"));
    List<String> command = new ArrayList<>(List.of("-nowarn", "-proc:none", "-g", "-d"));
    command.addAll(List.of(folder.toString(), "-cp", System.getProperty("java.class.path")));
    for (int bean = 0; bean < beans; bean++) {
      Path source = sources.resolve("Service" + bean + ".java");
      Files.writeString(source, source(annotation, bean));
      command.add(source.toString());
    }
    int result =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, command.toArray(String[]::new));
    if (result != 0) {
      throw new IllegalStateException("The beans do not compile");
    }
  }

  private static String source(Annotation annotation, int bean) {
    boolean isLast = bean % 10 == 0;
    return """
        package startup;

        @org.springframework.stereotype.Service
        public class Service%1$d {
          %2$s

          @%4$s
          public String execute(String command) {
            return checked(command) + count() + %3$s;
          }

          @%4$s(readOnly = true)
          public int count() {
            return 1;
          }

          private String checked(String command) {
            if (command.isEmpty()) {
              throw new IllegalArgumentException();
            }
            return command;
          }
        }
        """
        .formatted(
            bean,
            isLast
                ? ""
                : "@org.springframework.beans.factory.annotation.Autowired Service%d next;"
                    .formatted(bean - 1),
            isLast ? "\"\"" : "next.execute(command)",
            annotation.annotation);
  }
}
