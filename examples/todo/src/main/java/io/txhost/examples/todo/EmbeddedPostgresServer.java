package io.txhost.examples.todo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** A real PostgreSQL. */
@Component
@Profile("postgres")
final class EmbeddedPostgresServer implements EmbeddedServer {
  private final Path folder;
  private final EmbeddedPostgres postgres;

  EmbeddedPostgresServer() {
    folder = EmbeddedServer.temporaryFolder();
    try {
      postgres = start(folder);
    } catch (IOException | RuntimeException | ExceptionInInitializerError e) {
      throw EmbeddedServer.delete(
          folder,
          EmbeddedServer.didNotStart(
              "PostgreSQL",
              "postgres",
              "--logging.level.io.zonky=info shows what PostgreSQL said.",
              e));
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
        .setServerConfig("fsync", "off") // it is deleted at the end, and need survive no crash
        // the application context stops it, after the last request and the pool
        .setRegisterShutdownHook(false)
        .start();
  }

  @Override
  public String getJdbcUrl() {
    // without the detail, which has the values of a row that was refused
    return "jdbc:postgresql://127.0.0.1:%d/postgres?logServerErrorDetail=false"
        .formatted(postgres.getPort());
  }

  @Override
  public String getUsername() {
    return "postgres";
  }

  @Override
  public String getPassword() {
    return "";
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public void close() throws IOException {
    try {
      postgres.close();
    } finally {
      EmbeddedServer.delete(folder);
    }
  }
}
