package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs what is in this module under jcstress: shortly, or with {@code -Dtxhost.stress=long} in all
 * of its compilation modes. One alone: {@code -Dtxhost.stress.only=LateUse}.
 */
class StressRunTest {
  private static final String MODE = System.getProperty("txhost.stress", "short");
  private static final String ONLY = System.getProperty("txhost.stress.only", "");
  private static final ClassLoader CLASSES = StressRunTest.class.getClassLoader();
  private static final Pattern NAMES = Pattern.compile("io\\.txhost\\.[A-Za-z]+Stress");
  private static final Pattern PASSED = Pattern.compile("\\[OK\\] (io\\.txhost\\.[A-Za-z]+Stress)");
  private static final Pattern SAMPLES = Pattern.compile(" ([0-9,]+) +[0-9.<]+% +Acceptable");
  private static final int LONGEST_MINUTES = MODE.equals("long") ? 60 : 20;

  @Test
  void noneOfTheForbiddenIsEverSeen() throws Exception { // D2, D4, D8
    assertThat(Runtime.getRuntime().availableProcessors())
        .as("processors: jcstress runs nothing where two threads have fewer than two")
        .isGreaterThan(1);
    Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "jcstress-");
    Path output = folder.resolve("output.txt");
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(command())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(output);
    assertThat(ended).as("ended within %s min: %s", LONGEST_MINUTES, said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said)
        .contains("Failed tests: No matches", "Error tests: No matches")
        .doesNotContain("FORBIDDEN");
    assertThat(testsThatRan(said)).as(said).isEqualTo(tests());
    System.out.printf(
        "StressRunTest %s: %d races, nothing forbidden in %s samples, %d s%n",
        MODE,
        tests().size(),
        samples(said),
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
  }

  private static List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                absolute(System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main",
                "-v",
                "-t",
                "io[.]txhost[.].*" + ONLY,
                "-r",
                "report"));
    command.addAll(
        MODE.equals("long")
            ? List.of("-m", "default")
            : List.of(
                "-m",
                "quick",
                "-f",
                "1",
                "-iters",
                "3",
                "-time",
                "400",
                "-sc",
                "false",
                "-af",
                "NONE",
                "-jvmArgs",
                "-Xmx256m"));
    return command;
  }

  /** It runs in a folder of its own. */
  private static String absolute(String path) {
    return Stream.of(path.split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Of all configurations together, as the report at the end counts them. */
  private static long samples(String said) {
    return SAMPLES
        .matcher(said.substring(said.indexOf("RUN RESULTS")))
        .results()
        .mapToLong(one -> Long.parseLong(one.group(1).replace(",", "")))
        .sum();
  }

  private static Set<String> testsThatRan(String said) {
    Set<String> ran = new TreeSet<>();
    for (MatchResult one : PASSED.matcher(said).results().toList()) {
      ran.add(one.group(1));
    }
    return ran;
  }

  /** What the annotation processor found: one that cannot be scheduled here must not go missing. */
  private static Set<String> tests() throws IOException {
    Set<String> all = new TreeSet<>();
    for (URL list : Collections.list(CLASSES.getResources("META-INF/TestList"))) {
      try (InputStream in = list.openStream()) {
        Matcher names = NAMES.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        names.results().map(MatchResult::group).filter(n -> n.contains(ONLY)).forEach(all::add);
      }
    }
    return all;
  }
}
