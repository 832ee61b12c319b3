package io.txhost.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BoundaryBenchmarkTest {
  @Test
  void theCompilerKeepsTheCallFromTheLoopToTheScenario() throws Exception {
    try (InputStream hints =
        Objects.requireNonNull(
            BoundaryBenchmark.class.getResourceAsStream("/META-INF/CompilerHints"))) {
      assertThat(new String(hints.readAllBytes(), StandardCharsets.UTF_8))
          .as("what JMH tells the compiler")
          .contains("dontinline,io/txhost/benchmarks/BoundaryBenchmark.call");
    }
  }
}
