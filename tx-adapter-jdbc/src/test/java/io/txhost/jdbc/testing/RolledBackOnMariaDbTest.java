package io.txhost.jdbc.testing;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;

final class RolledBackOnMariaDbTest extends RolledBack {
  RolledBackOnMariaDbTest() {
    super("MariaDB");
  }

  @AfterAll
  static void nothingStayed() {
    assertThat(Shop.on("MariaDB").committed()).isEqualTo(1);
  }
}
