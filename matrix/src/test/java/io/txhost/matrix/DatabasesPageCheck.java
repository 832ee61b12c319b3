package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Run by the build after the matrix ran on both Java versions, on neither: see the pom. */
final class DatabasesPageCheck {
  private static final List<Integer> JAVAS = List.of(17, 25);
  private static final Path FOLDER = Path.of("target/matrix");
  private static final Path WRITTEN = Path.of("target/databases.md");
  private static final Path PAGE = Path.of("../docs/databases.md");

  @Test
  void thePageOfDatabasesSaysWhatRan() throws IOException {
    List<Results> runs = new ArrayList<>();
    for (int java : JAVAS) {
      assumeTrue(
          Files.exists(Results.of(FOLDER, java)),
          "the matrix did not run whole on Java " + java + ": docs/databases.md is not compared");
      runs.add(Results.read(FOLDER, java));
    }
    assumeTrue(
        runs.stream().allMatch(run -> run.failed() == 0),
        "the matrix failed: docs/databases.md is not compared");

    Files.writeString(WRITTEN, new DatabasesPage(runs).text());

    assertThat(PAGE)
        .as(
            "docs/databases.md, against what ran. To take over what ran:"
                + " cp matrix/target/databases.md docs/databases.md")
        .hasSameTextualContentAs(WRITTEN);
  }
}
