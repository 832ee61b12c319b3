package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is packaged: there is one only after the first tests. */
@EnabledIfSystemProperty(named = "todo.jar", matches = ".+")
final class ExecutableJarTest {
  private static final int SECONDS = 120;

  @Test
  void itStartsByItself(@TempDir Path folder) throws IOException, InterruptedException {
    int port = freePort();
    Path log = folder.resolve("log.txt");
    Process application =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("todo.jar"),
                "--server.port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      awaitStart(application, log);

      Browser browser = new Browser(port);
      assertThat(browser.postTodo("My Todo").statusCode()).isEqualTo(201);
      assertThat(browser.get("/todos").body()).contains("My Todo");
    } finally {
      application.destroy();
      boolean hasEnded = application.waitFor(SECONDS, TimeUnit.SECONDS);
      application.destroyForcibly();
      assertThat(hasEnded).describedAs("ended when it was asked to").isTrue();
    }
  }

  private static void awaitStart(Process application, Path log)
      throws IOException, InterruptedException {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.readString(log).contains("Started TodoApplication")) {
      assertThat(application.isAlive()).describedAs(Files.readString(log)).isTrue();
      assertThat(System.nanoTime()).describedAs(Files.readString(log)).isLessThan(patience);
      application.waitFor(100, TimeUnit.MILLISECONDS);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
