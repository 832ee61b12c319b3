package io.txhost.jdbc.testing;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;

final class RolledBackOnH2Test extends RolledBack {
  RolledBackOnH2Test() {
    super("H2");
  }

  @AfterAll
  static void nothingStayed() {
    assertThat(Shop.on("H2").committed()).isEqualTo(1);
  }
}
