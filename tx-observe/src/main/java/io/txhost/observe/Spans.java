package io.txhost.observe;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.txhost.observe.FinishedTransaction.Outcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An observation for each transaction. What is set aside stays the parent: work without a
 * transaction, and a transaction inside, are children of the one around them, as they are in the
 * code.
 */
final class Spans implements Sink {
  private static final String NAME = "txhost.transaction";

  private final ObservationRegistry registry;

  Spans(ObservationRegistry registry) {
    this.registry = registry;
  }

  @Override
  public boolean isEnabled() {
    return !registry.isNoop();
  }

  @Override
  public Follower follow(Observed transaction) {
    return new Span(transaction, registry);
  }

  private static final class Span implements Follower {
    private final Observed transaction;
    private final Observation observation;

    /** Null where no code of the user's runs inside, which could find it. */
    private final Observation.@Nullable Scope scope;

    Span(Observed transaction, ObservationRegistry registry) {
      this.transaction = transaction;
      this.observation =
          Observation.createNotStarted(NAME, registry)
              .contextualName("transaction " + transaction.info.name())
              .lowCardinalityKeyValue("txhost.host", transaction.info.host())
              .lowCardinalityKeyValue(
                  "txhost.readonly", Boolean.toString(transaction.info.isReadOnly()))
              .highCardinalityKeyValue("txhost.name", transaction.info.name())
              .highCardinalityKeyValue(
                  "txhost.attempt", Integer.toString(transaction.info.attempt()))
              .start();
      if (transaction.info.attempt() > 1) {
        observation.event(Observation.Event.of("txhost.retry"));
      }
      this.scope = transaction.info.isOfOneStatement() ? null : observation.openScope();
    }

    @Override
    public void savepointEnded(String boundary, boolean kept) {
      if (!kept) {
        observation.event(Observation.Event.of("txhost.savepoint.rollback"));
      }
    }

    @Override
    public void ended(FinishedTransaction how) {
      try {
        if (scope != null && Thread.currentThread() == transaction.opener) {
          scope.close();
        }
        describe(how);
      } finally {
        observation.stop();
      }
    }

    private void describe(FinishedTransaction how) {
      observation.lowCardinalityKeyValue("txhost.outcome", how.outcome().toString());
      observation.highCardinalityKeyValue(
          KeyValue.of("txhost.statements", Integer.toString(how.statements())));
      if (how.outcome() == Outcome.ROLLED_BACK) {
        observation.event(Observation.Event.of("txhost.rollback"));
      }
      if (how.reason() != null) {
        observation.highCardinalityKeyValue("txhost.reason", how.reason());
      }
      if (how.hasFailed()) {
        observation.error(new NotCommitted(Objects.requireNonNull(how.reason())));
      }
    }
  }

  /** In the failure's place: its message may quote values. */
  private static final class NotCommitted extends Exception {
    private static final long serialVersionUID = 1L;

    NotCommitted(String reason) {
      super(reason, null, false, false);
    }
  }
}
