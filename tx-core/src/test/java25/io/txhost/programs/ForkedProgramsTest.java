package io.txhost.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.internal.Carrier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The random programs once more, with their branches forked by structured scopes. */
class ForkedProgramsTest extends ProgramsTest {
  private int forks;

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
    assertThat(Carrier.name()).isEqualTo("scoped-value");
    each("forked", PROGRAMS, Program::of, this::wrong);
    System.out.printf("forked: %d forks%n", forks);
    assertThat(forks).isGreaterThan(PROGRAMS / 10);
  }

  private @Nullable String wrong(Program program) {
    Set<Op> refused = Collections.newSetFromMap(new IdentityHashMap<>());
    Scopes scopes = new Scopes(refused);
    Reference reference = new Reference(refused);
    OnHosts hosts = new OnHosts(threads, scopes);
    reference.run(program);
    hosts.run(program);
    forks += scopes.forks;
    String difference = difference(reference, hosts);
    return difference == null ? null : program + difference;
  }
}
