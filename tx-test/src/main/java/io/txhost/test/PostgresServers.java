package io.txhost.test;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL servers of this JVM: one of each set of binaries, started at its first use. The
 * library stops them when the JVM ends.
 */
final class PostgresServers {
  private static final String ON_THE_CLASS_PATH = "";
  private static final Duration LONGEST_START = Duration.ofMinutes(1);

  /** Held while one starts: two that look for a free port at once may find the same. */
  private static final ReentrantLock STARTING = new ReentrantLock();

  private static final Map<String, EmbeddedPostgres> RUNNING = new HashMap<>();

  private PostgresServers() {}

  static EmbeddedPostgres ofTheClassPath() {
    return running(ON_THE_CLASS_PATH, EmbeddedPostgres.builder());
  }

  static EmbeddedPostgres of(Path binaries) {
    Path jar = binaries.toAbsolutePath().normalize();
    return running(
        jar.toString(),
        EmbeddedPostgres.builder().setPgBinaryResolver((system, machine) -> archiveIn(jar)));
  }

  private static EmbeddedPostgres running(String binaries, EmbeddedPostgres.Builder builder) {
    STARTING.lock();
    try {
      return RUNNING.computeIfAbsent(binaries, key -> start(builder));
    } finally {
      STARTING.unlock();
    }
  }

  private static EmbeddedPostgres start(EmbeddedPostgres.Builder builder) {
    try {
      return builder
          .setServerConfig("listen_addresses", "127.0.0.1")
          .setServerConfig("fsync", "off")
          .setPGStartupWait(LONGEST_START)
          .start();
    } catch (IOException | RuntimeException e) {
      throw notStarted(e);
    } catch (ExceptionInInitializerError e) { // the library's word for binaries it does not find
      throw notStarted(e.getCause());
    }
  }

  private static IllegalStateException notStarted(@Nullable Throwable cause) {
    return new IllegalStateException("TXH-705 PostgreSQL did not start: " + cause, cause);
  }

  /** A {@link PgBinaryResolver}'s answer: each of the jars has one archive, of one platform. */
  private static InputStream archiveIn(Path jar) throws IOException {
    try (JarFile opened = new JarFile(jar.toFile())) {
      JarEntry archive =
          opened.stream()
              .filter(entry -> entry.getName().endsWith(".txz"))
              .findFirst()
              .orElseThrow(() -> new IOException(jar + " has no archive of binaries"));
      try (InputStream content = opened.getInputStream(archive)) {
        return new ByteArrayInputStream(content.readAllBytes());
      }
    }
  }
}
