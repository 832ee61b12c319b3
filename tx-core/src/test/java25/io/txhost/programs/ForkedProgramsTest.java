package io.txhost.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.internal.Carrier;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The random programs once more, with their branches forked by structured scopes. */
class ForkedProgramsTest extends ProgramsTest {
  private int forks;
  private int beside;

  /** One scope for each branch, so that one comes after the other. */
  private static final class Scopes implements OnHosts.Forks {
    private int forks;

    @Override
    public void run(Callable<Void> branch) throws Exception {
      forks++;
      try (var scope = StructuredTaskScope.open(Joiner.<Void>awaitAll())) {
        Subtask<Void> fork = scope.fork(branch);
        scope.join();
        if (fork.state() == Subtask.State.FAILED) {
          if (fork.exception() instanceof Error error) {
            throw error;
          }
          throw (Exception) fork.exception();
        }
      }
    }
  }

  @Test
  void forksOfAScopeAreInsideOrToldThatTheyAreBeside() { // D5, D8, D12
    assertThat(Carrier.name()).isEqualTo("scoped-value");
    each("forked", PROGRAMS, Kind.IN_TURN, this::wrong);
    System.out.printf("forked: %d forks, %d of them beside%n", forks, beside);
    if (PROGRAMS >= 5_000) {
      assertThat(forks).isGreaterThan(PROGRAMS / 10);
      assertThat(beside).isGreaterThan(PROGRAMS / 100);
    }
  }

  private @Nullable String wrong(Program program) {
    Scopes scopes = new Scopes();
    Reference reference = new Reference(true);
    OnHosts hosts = new OnHosts(threads, scopes);
    reference.run(program);
    hosts.run(program);
    forks += scopes.forks;
    beside += reference.beside;
    return difference(reference, hosts);
  }
}
