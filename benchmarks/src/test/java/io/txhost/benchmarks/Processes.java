package io.txhost.benchmarks;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** JVMs for what cannot be measured beside anything else, and virtual threads in them. */
final class Processes {
  private static final int MINUTES = 6;

  private Processes() {}

  /** What the program prints, on this Java. */
  static List<String> run(Class<?> program, String carrier, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms768m", "-Xmx768m", "-Dtxhost.carrier=" + carrier));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("said", ".txt"); // a pipe is read until it ends, if ever
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      boolean isOver = process.waitFor(MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      String said = Files.readString(output);
      if (!isOver || process.exitValue() != 0) {
        throw new IllegalStateException(
            program.getSimpleName() + (isOver ? " failed: " : " did not end: ") + said);
      }
      return said.lines().toList();
    } finally {
      Files.delete(output);
    }
  }

  /** Starts a virtual thread: the compiler sees Java 17 only. */
  static Thread startVirtual(Runnable work) {
    try {
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }
}
