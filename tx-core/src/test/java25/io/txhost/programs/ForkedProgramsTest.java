package io.txhost.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.NothingLeft;
import io.txhost.internal.Carrier;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The random programs once more, with their branches forked by structured scopes. */
@ExtendWith(NothingLeft.class)
class ForkedProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("txhost.test.programs", 20_000);
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final Logger LOG = Logger.getLogger("io.txhost");
  private static final Level USUAL = LOG.getLevel();

  @BeforeAll
  static void beQuiet() {
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void end() {
    LOG.setLevel(USUAL);
    THREADS.shutdownNow();
  }

  /** One scope for each branch, so that one comes after the other. */
  private static final class Scopes implements OnHosts.Forks {
    private final Set<Op> refused;
    private int forks;

    Scopes(Set<Op> refused) {
      this.refused = refused;
    }

    @Override
    public boolean runs(Op.Parallel op) {
      return !refused.contains(op);
    }

    @Override
    public void run(Callable<Void> branch) throws ExecutionException, InterruptedException {
      forks++;
      try (var scope = StructuredTaskScope.open(Joiner.<Void>awaitAll())) {
        Subtask<Void> fork = scope.fork(branch);
        scope.join();
        if (fork.state() == Subtask.State.FAILED) {
          throw new ExecutionException(fork.exception());
        }
      }
    }
  }

  @Test
  void forksOfAScopeAreInsideWhateverIsAroundThem() { // D5, D8
    long seed = Long.getLong("txhost.test.seed", System.nanoTime());
    System.out.println("ForkedProgramsTest seed " + seed + " on carrier " + Carrier.name());
    assertThat(Carrier.name()).isEqualTo("scoped-value");
    long began = System.nanoTime();
    int forks = 0;
    for (int i = 0; i < PROGRAMS; i++) {
      Program program = Program.of(seed + i);
      Set<Op> refused = Collections.newSetFromMap(new IdentityHashMap<>());
      Scopes scopes = new Scopes(refused);
      Reference reference = new Reference(refused);
      OnHosts hosts = new OnHosts(THREADS, scopes);
      reference.run(program);
      hosts.run(program);
      String difference = reference.trace().difference(hosts.trace());
      assertThat(difference)
          .as("-Dtxhost.test.seed=%d -Dtxhost.test.programs=1%n%s", seed + i, program)
          .isNull();
      assertThat(hosts.kept(0)).as("rows of %s", seed + i).isEqualTo(reference.kept(0));
      assertThat(hosts.kept(1)).as("rows of %s", seed + i).isEqualTo(reference.kept(1));
      assertThat(hosts.complaints()).as("of %s", seed + i).isEmpty();
      forks += scopes.forks;
    }
    System.out.printf(
        "ForkedProgramsTest %d programs, %d forks, %s%n",
        PROGRAMS, forks, Duration.ofNanos(System.nanoTime() - began));
    assertThat(forks).isGreaterThan(PROGRAMS / 10);
  }
}
