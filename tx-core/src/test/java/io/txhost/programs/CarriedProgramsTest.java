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
  private static final int MOST_SMALLER = 3_000;

  private final Map<String, Integer> met = new TreeMap<>();
  private int deepest;

  @Test
  void theHostsDoWhatThePlainReferenceSaysAndEverythingIsBackAfterwards() { // D8, B1, C7
    each(
        "one after the other",
        PROGRAMS,
        Program::of,
        program -> {
          Reference reference = new Reference();
          String wrong = wrong(program, reference);
          reference.met.forEach((cell, times) -> met.merge(cell, times, Integer::sum));
          deepest = Math.max(deepest, program.depth());
          return wrong == null ? null : wrong + needed(program, wrong);
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

  private String needed(Program failing, String wrong) {
    Program smallest = failing;
    String why = wrong;
    int tried = 0;
    boolean shrank = true;
    while (shrank) {
      shrank = false;
      for (Program smaller : smallest.smaller()) {
        String still = tried++ > MOST_SMALLER ? null : wrong(smaller, new Reference());
        if (still != null) {
          smallest = smaller;
          why = still;
          shrank = true;
          break;
        }
      }
    }
    return "\nWhat is needed of it:\n" + smallest + why;
  }
}
