package io.txhost.examples.todo;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.FileSystemUtils;

/**
 * A real database server in a temporary folder that only this user can read, on a free port of
 * 127.0.0.1. It starts and stops with the application; its data goes with it. As a bean it is the
 * address that Spring Boot connects to, in place of {@code spring.datasource.url}.
 */
interface EmbeddedServer extends JdbcConnectionDetails, AutoCloseable {

  /** Where its files are. */
  Path folder();

  @Override
  void close() throws IOException;

  static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("txhost-todo-");
    } catch (IOException e) {
      throw new IllegalStateException(
          "There is no place for the embedded server's files: "
              + e.getMessage()
              + ". Name a folder that can be written by -Djava.io.tmpdir.",
          e);
    }
  }

  /** Deletes its files, while a server that is still ending may remove some itself. */
  static void delete(Path folder) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        FileSystemUtils.deleteRecursively(folder);
        return;
      } catch (NoSuchFileException | DirectoryNotEmptyException e) {
        if (tries == 50) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
  }

  /** What is left where it did not start. */
  static IllegalStateException delete(Path folder, IllegalStateException failure) {
    try {
      delete(folder);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  static IllegalStateException didNotStart(
      String name, String profile, String hint, Throwable cause) {
    return new IllegalStateException(
        ("The embedded %s did not start: %s Its binaries are for Linux on x86-64; elsewhere name a"
                + " server of your own by spring.datasource.url, .username and .password, without"
                + " the profile \"%s\". %s")
            .formatted(
                name, NestedExceptionUtils.getMostSpecificCause(cause).getMessage(), profile, hint),
        cause);
  }
}
