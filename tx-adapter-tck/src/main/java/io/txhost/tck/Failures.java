package io.txhost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.spi.CauseChain;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the contract's tests ask of a failure. */
final class Failures {
  private Failures() {}

  /** Something that runs in a boundary. */
  @FunctionalInterface
  interface Block {
    void run() throws Exception;
  }

  /** Runs what may be refused or not: the test asks what becomes of the transaction. */
  static void tryTo(Block block) {
    if (catchThrowable(block::run) instanceof AssertionError failed) {
      throw failed;
    }
  }

  /** The failure, its causes, and whatever is suppressed in any of them. */
  static Set<Throwable> everythingIn(Throwable failure) {
    Set<Throwable> all = new LinkedHashSet<>();
    collect(failure, all);
    return all;
  }

  private static void collect(Throwable failure, Set<Throwable> into) {
    for (Throwable each : CauseChain.of(failure)) {
      if (into.add(each)) {
        for (Throwable suppressed : each.getSuppressed()) {
          collect(suppressed, into);
        }
      }
    }
  }

  static void assertSays(@Nullable Throwable failure, String words) {
    assertThat(everythingIn(Objects.requireNonNull(failure, "a failure")))
        .as("what is said by %s and all its causes", failure)
        .anySatisfy(each -> assertThat(each).hasMessageContaining(words));
  }

  static boolean isUniqueViolation(Throwable failure) {
    return failure instanceof SQLException sql && "23505".equals(sql.getSQLState());
  }
}
