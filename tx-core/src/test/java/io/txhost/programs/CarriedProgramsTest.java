package io.txhost.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random programs on the hosts and on a plain reference: what is seen after each step, what is
 * thrown, how each transaction ends and which rows are kept must be the same.
 */
class CarriedProgramsTest extends ProgramsTest {
  private final Map<String, Integer> met = new TreeMap<>();
  private int deepest;

  @Test
  void theHostsDoWhatThePlainReferenceSaysAndEverythingIsBackAfterwards() { // D8, B1, C7
    each(
        "one after the other",
        PROGRAMS,
        Kind.IN_TURN,
        program -> {
          Reference reference = new Reference();
          String wrong = wrong(program, reference);
          reference.met.forEach((cell, times) -> met.merge(cell, times, Integer::sum));
          deepest = Math.max(deepest, program.depth());
          return wrong;
        });
    System.out.printf("one after the other: deepest %d, table met %s%n", deepest, met);
    if (PROGRAMS >= 5_000) {
      assertThat(met).as("every cell of the table is met").hasSize(7 * 4);
      assertThat(deepest).isEqualTo(Program.DEEPEST);
    }
  }

  private @Nullable String wrong(Program program, Reference reference) {
    OnHosts hosts = new OnHosts(threads);
    reference.run(program);
    hosts.run(program);
    return difference(reference, hosts);
  }
}
