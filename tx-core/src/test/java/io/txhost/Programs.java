package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs in a process of their own, on the Java and with the carrier of the test. */
final class Programs {
  private Programs() {}

  /** What a program on the class path of the test writes; it must end well. */
  static String output(Class<?> program) throws Exception {
    return output(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
  }

  /** What a program started with the options writes; it must end well. */
  static String output(List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String carrier = System.getProperty("txhost.carrier");
    if (carrier != null) {
      command.add("-Dtxhost.carrier=" + carrier);
    }
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = read(process);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  private static String read(Process process) throws IOException {
    try (InputStream output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
