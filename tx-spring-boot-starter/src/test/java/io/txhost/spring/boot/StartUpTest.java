package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.spring.boot.StartUp.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long the start of an application takes, beside the same with Spring's annotation. In a build
 * that both start; as a measurement with {@code -Dstartup.runs=11}, on a machine that does nothing
 * else: a time is printed, and asserted nowhere.
 */
final class StartUpTest {
  private static final int RUNS = Integer.getInteger("startup.runs", 0);
  private static final int BEANS = RUNS == 0 ? 50 : 1_000;

  @Test
  void anApplicationOfManyAnnotatedBeansStarts(@TempDir Path ours, @TempDir Path springs)
      throws Exception {
    StartUp.compile(ours, Annotation.OURS, BEANS);
    StartUp.compile(springs, Annotation.SPRINGS, BEANS);
    List<Long> withOurs = new ArrayList<>();
    List<Long> withSprings = new ArrayList<>();
    for (int run = 0; run < Math.max(1, RUNS); run++) { // interleaved
      withOurs.add(StartUp.millis(ours, Annotation.OURS));
      withSprings.add(StartUp.millis(springs, Annotation.SPRINGS));
    }

    assertThat(withOurs).allMatch(millis -> millis > 0);
    String figures =
        "Start of %d annotated beans, medians of %d: %d ms, with Spring's annotation %d ms, %.2f ×"
            .formatted(
                BEANS,
                withOurs.size(),
                median(withOurs),
                median(withSprings),
                (double) median(withOurs) / median(withSprings));
    System.out.println(figures + "; " + withOurs + " " + withSprings);
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("startup.txt"), figures);
  }

  private static long median(List<Long> millis) {
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
