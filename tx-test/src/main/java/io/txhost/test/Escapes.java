package io.txhost.test;

import io.txhost.test.TxTest.Reaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** What escaped one test. Told by any thread. */
final class Escapes {
  private final TxTest settings;
  private final Queue<Escape> told = new ConcurrentLinkedQueue<>();

  Escapes(TxTest settings) {
    this.settings = settings;
  }

  /** Puts it down to the test that it is of; where that cannot be told, it is logged. */
  static void tell(Escape escape) {
    TestRun run = TestRun.here();
    run = run == null ? TestRun.ofOtherThread() : run;
    if (run != null) {
      run.escapes().told.add(escape);
    } else if (TestRun.isAnyOpen()) {
      TestRun.log(
          "TXH-729 Several tests are running, and it cannot be told which of them this is of: "
              + escape.message(),
          escape.where());
    }
  }

  /** The data sources where something stayed that scripts are there to clean. It is forgotten. */
  Set<TestDataSource> takeCommitted() {
    Set<TestDataSource> sources =
        told.stream()
            .filter(one -> one.kind() == Escape.Kind.COMMITTED)
            .flatMap(one -> Optional.ofNullable(one.source()).stream())
            .collect(Collectors.toSet());
    told.removeIf(one -> one.kind() == Escape.Kind.COMMITTED);
    return sources;
  }

  /** Those that fail the test; what is only to be warned of is logged. */
  List<Leftover> found() {
    List<Leftover> failures = new ArrayList<>();
    for (Escape escape : told) {
      Reaction reaction =
          escape.kind() == Escape.Kind.OUTSIDE ? settings.writesOutside() : settings.escapes();
      switch (reaction) {
        case FAIL -> failures.add(new Leftover(escape.message(), Optional.of(escape.where())));
        case WARN -> TestRun.log(escape.message(), escape.where());
        case ALLOW -> {
          // asked for
        }
      }
    }
    return failures;
  }
}
