package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Isolation as JDBC's numbers. */
class LevelsTest {

  /** 1 READ UNCOMMITTED, 2 READ COMMITTED, 4 REPEATABLE READ, 6 SNAPSHOT, 8 SERIALIZABLE. */
  @ParameterizedTest
  @CsvSource({
    "2, 2, true",
    "1, 8, true",
    "4, 8, true",
    "2, 6, true",
    "6, 6, true",
    "8, 2, false",
    "4, 2, false",
    "0, 8, false",
    "4, 6, false",
    "6, 8, false",
    "6, 4, false"
  })
  void lessIsWithinMoreAndSnapshotBesideTheOthers(int asked, int inForce, boolean isWithin) {
    assertThat(Levels.isWithin(asked, inForce)).isEqualTo(isWithin);
  }
}
