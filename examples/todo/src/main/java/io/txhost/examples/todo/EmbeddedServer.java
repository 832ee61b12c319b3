package io.txhost.examples.todo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * A real PostgreSQL, unpacked to a temporary folder that only this user can read, on a free port of
 * 127.0.0.1. It starts and stops with the application; its data goes with it.
 */
@Component
@Profile("postgres")
final class EmbeddedServer implements AutoCloseable {
  private final Path folder;
  private final EmbeddedPostgres postgres;

  EmbeddedServer() {
    folder = temporaryFolder();
    try {
      postgres = start(folder);
    } catch (IOException | RuntimeException | ExceptionInInitializerError e) {
      throw delete(folder, unavailable(e));
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("txhost-todo-");
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private static EmbeddedPostgres start(Path folder) throws IOException {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(folder.toFile())
        .setDataDirectory(folder.resolve("data"))
        .setPGStartupWait(Duration.ofSeconds(30))
        .setLocaleConfig("locale", "C") // whatever this machine's is
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "''")
        // the application context stops it, after the last request and the pool
        .setRegisterShutdownHook(false)
        .start();
  }

  /** The settings with this server's address in place of theirs. */
  DatabaseSettings settings(DatabaseSettings others) {
    // without the detail, which has the values of a row that was refused
    String url =
        "jdbc:postgresql://127.0.0.1:%d/postgres?logServerErrorDetail=false"
            .formatted(postgres.getPort());
    return others.at(url, "postgres", "");
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    try {
      postgres.close();
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private static DatabaseUnavailableException delete(
      Path folder, DatabaseUnavailableException failure) {
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private static DatabaseUnavailableException unavailable(Throwable cause) {
    return new DatabaseUnavailableException(
        "The embedded PostgreSQL did not start: "
            + NestedExceptionUtils.getMostSpecificCause(cause).getMessage(),
        "Its binaries are for Linux on x86-64; elsewhere name a server of your own by"
            + " todo.database.url, .username and .password, without the profile \"postgres\"."
            + " --logging.level.io.zonky=info shows what PostgreSQL said.",
        cause);
  }
}
