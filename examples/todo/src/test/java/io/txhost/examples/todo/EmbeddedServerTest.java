package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedServerTest {

  @Test
  void itsFilesAreDeletedAlsoWhereTheEndingServerRemovesSomeMeanwhile(@TempDir Path place)
      throws IOException {
    Path folder = Files.createDirectory(place.resolve("server"));
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      files.add(Files.createFile(folder.resolve("table" + i)));
    }

    CompletableFuture<Void> server =
        CompletableFuture.runAsync(() -> files.forEach(EmbeddedServerTest::remove));
    EmbeddedServer.delete(folder);
    server.join();

    assertThat(folder).doesNotExist();
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
