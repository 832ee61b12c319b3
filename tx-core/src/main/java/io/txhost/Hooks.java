package io.txhost;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one transaction, in order of registration. Confined to the thread of its boundary.
 */
final class Hooks {
  // a hook may register another; one that always does would never let the commit come
  static final int MOST_WHILE_COMMITTING = 10_000;

  private enum When {
    BEFORE_COMMIT,
    AFTER_COMMIT,
    AFTER_ROLLBACK,
    AFTER_COMPLETION
  }

  private record Hook(
      When when,
      @Nullable TransactionalRunnable<?> run,
      @Nullable Consumer<Transaction.Outcome> consume,
      boolean undone) {}

  private final List<Hook> hooks = new ArrayList<>(0);
  private int nextBeforeCommit;
  private int sizeBeforeFirst = -1;

  void beforeCommit(TransactionalRunnable<?> hook) {
    hooks.add(new Hook(When.BEFORE_COMMIT, hook, null, false));
  }

  void afterCommit(TransactionalRunnable<?> hook) {
    hooks.add(new Hook(When.AFTER_COMMIT, hook, null, false));
  }

  void afterRollback(TransactionalRunnable<?> hook) {
    hooks.add(new Hook(When.AFTER_ROLLBACK, hook, null, false));
  }

  void afterCompletion(Consumer<Transaction.Outcome> hook) {
    hooks.add(new Hook(When.AFTER_COMPLETION, null, hook, false));
  }

  int size() {
    return hooks.size();
  }

  boolean isEmpty() {
    return hooks.isEmpty();
  }

  /** The next one to run before the commit, or null when all have. */
  @Nullable TransactionalRunnable<?> nextBeforeCommit() {
    if (sizeBeforeFirst < 0) {
      sizeBeforeFirst = hooks.size();
    }
    if (hooks.size() - sizeBeforeFirst > MOST_WHILE_COMMITTING) {
      throw new TransactionException(
          "TXH-114",
          "beforeCommit hooks have registered more than "
              + MOST_WHILE_COMMITTING
              + " further hooks: does one register itself again?",
          null);
    }
    while (nextBeforeCommit < hooks.size()) {
      Hook hook = hooks.get(nextBeforeCommit++);
      if (hook.when == When.BEFORE_COMMIT) {
        return hook.run;
      }
    }
    return null;
  }

  /**
   * The block they were registered in, from {@code first} on, was undone: what was to run for its
   * commit is gone, what was to run for its rollback runs at the end of the whole transaction.
   */
  void undone(int first) {
    List<Hook> block = hooks.subList(first, hooks.size());
    block.removeIf(hook -> hook.when == When.BEFORE_COMMIT || hook.when == When.AFTER_COMMIT);
    block.replaceAll(hook -> new Hook(hook.when, hook.run, hook.consume, true));
    nextBeforeCommit = Math.min(nextBeforeCommit, first);
  }

  /** What runs after an end with this outcome. */
  List<TransactionalRunnable<?>> after(Transaction.Outcome outcome) {
    List<TransactionalRunnable<?>> due = new ArrayList<>(hooks.size());
    for (Hook hook : hooks) {
      Transaction.Outcome seen = hook.undone ? Transaction.Outcome.ROLLED_BACK : outcome;
      if (hook.consume != null) {
        Consumer<Transaction.Outcome> consume = hook.consume;
        due.add(() -> consume.accept(seen));
      } else if (hook.run != null && isDue(hook.when, seen)) {
        due.add(hook.run);
      }
    }
    return due;
  }

  private static boolean isDue(When when, Transaction.Outcome outcome) {
    return switch (when) {
      case AFTER_COMMIT -> outcome == Transaction.Outcome.COMMITTED;
      case AFTER_ROLLBACK -> outcome == Transaction.Outcome.ROLLED_BACK;
      case BEFORE_COMMIT, AFTER_COMPLETION -> false;
    };
  }
}
