package io.txhost;

import static io.txhost.Step.BEGIN;
import static io.txhost.Step.JOIN;
import static io.txhost.Step.NEST;
import static io.txhost.Step.PLAIN;
import static io.txhost.Step.REFUSE_ACTIVE;
import static io.txhost.Step.REFUSE_DETACHED;
import static io.txhost.Step.REFUSE_MARKED;
import static io.txhost.Step.REFUSE_NONE_ACTIVE;
import static io.txhost.Step.WITHOUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of DESIGN's "Propagation", cell by cell. */
class StepTest {
  /** In the order of {@link Found}: NONE, ACTIVE, MARKED, DETACHED. B1 */
  static final Map<Propagation, List<Step>> TABLE =
      Map.of(
          Propagation.REQUIRED, List.of(BEGIN, JOIN, REFUSE_MARKED, BEGIN),
          Propagation.REQUIRES_NEW, List.of(BEGIN, BEGIN, BEGIN, BEGIN),
          Propagation.NESTED, List.of(BEGIN, NEST, REFUSE_MARKED, BEGIN),
          Propagation.SUPPORTS, List.of(PLAIN, JOIN, REFUSE_MARKED, REFUSE_DETACHED),
          Propagation.MANDATORY,
              List.of(REFUSE_NONE_ACTIVE, JOIN, REFUSE_MARKED, REFUSE_NONE_ACTIVE),
          Propagation.NOT_SUPPORTED, List.of(WITHOUT, WITHOUT, WITHOUT, WITHOUT),
          Propagation.NEVER, List.of(WITHOUT, REFUSE_ACTIVE, REFUSE_ACTIVE, WITHOUT));

  @ParameterizedTest
  @EnumSource
  void everyModeHasADecisionForEverySituation(Propagation asked) { // B1
    assertThat(TABLE).containsKey(asked);
    assertThat(Stream.of(Found.values()).map(found -> Step.of(asked, found)))
        .containsExactlyElementsOf(TABLE.get(asked));
  }

  @Test
  void theTablesColumnsAreTheSituations() {
    assertThat(Found.values())
        .containsExactly(Found.NONE, Found.ACTIVE, Found.MARKED, Found.DETACHED);
  }

  @ParameterizedTest
  @EnumSource
  void aPhaseMovesOnlyForwardAndAnEndNever(Phase from) {
    Map<Phase, List<Phase>> allowed =
        Map.of(
            Phase.ACTIVE, List.of(Phase.LOST, Phase.COMMITTED, Phase.ROLLED_BACK, Phase.UNKNOWN),
            Phase.LOST, List.of(Phase.ACTIVE, Phase.ROLLED_BACK, Phase.UNKNOWN),
            Phase.COMMITTED, List.of(),
            Phase.ROLLED_BACK, List.of(),
            Phase.UNKNOWN, List.of());

    assertThat(Stream.of(Phase.values()).filter(from::mayBecome))
        .containsExactlyElementsOf(allowed.get(from));
  }
}
