package io.txhost.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Calls one scenario in a JVM of its own, and counts its costs when it is compiled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BoundaryBenchmark {
  private static final int CALLS = 1_000;
  private static final int CALLS_TO_WARM_UP = 15_000;

  /** One of {@link Scenarios}. */
  @Param("tx/txhost")
  public String scenario;

  private FreeDriver driver;
  private Scenario called;

  @Setup
  public void prepare() throws Throwable {
    driver = new FreeDriver();
    called = Scenarios.of(scenario, driver);
    Costs.warmUp(called, CALLS_TO_WARM_UP); // a time alone says nothing on a busy machine
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void calls(Blackhole blackhole) throws Throwable {
    Scenario each = called;
    each.around(
        () -> {
          for (int i = 0; i < CALLS; i++) {
            blackhole.consume(call(each));
          }
        });
  }

  /** Once, behind a call that the compiler keeps: what is read is read each time. */
  @CompilerControl(CompilerControl.Mode.DONT_INLINE) // JMH looks here alone
  static @Nullable Object call(Scenario scenario) throws Throwable {
    return scenario.once();
  }

  /** Into the file that the run names, if it names one. */
  @TearDown(Level.Trial)
  public void count() throws Throwable {
    String file = System.getProperty("bench.costs", "");
    if (!file.isEmpty()) {
      write(Path.of(file), Costs.of(called, driver));
    }
  }

  private static void write(Path file, Costs costs) throws IOException {
    Files.writeString(file, costs.figures());
  }
}
