package io.txhost.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;

/** What a result must be read with. Names no host and no folder. */
final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");

  private Machine() {}

  static String described() throws IOException {
    return Runtime.getRuntime().availableProcessors()
        + " processors ("
        + processor()
        + "), "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch");
  }

  private static String processor() throws IOException {
    if (!Files.isReadable(CPU)) {
      return "unknown";
    }
    return Files.readAllLines(CPU).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  static String java() {
    return System.getProperty("java.vendor") + " " + System.getProperty("java.version");
  }

  /** How many wanted a processor, in the last minute. */
  static String load() {
    return String.format(
        Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  static String versions() throws IOException {
    Properties versions = new Properties();
    try (InputStream in =
        Objects.requireNonNull(Machine.class.getResourceAsStream("/versions.properties"))) {
      versions.load(in);
    }
    return versions.stringPropertyNames().stream()
        .sorted(String.CASE_INSENSITIVE_ORDER)
        .map(name -> name + " " + versions.getProperty(name))
        .collect(Collectors.joining(", "));
  }
}
