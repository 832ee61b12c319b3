package io.txhost;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one transaction, in order of registration.
 *
 * <p><b>Threads:</b> structured children register too; they are run by the thread of the boundary.
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
      Object block,
      boolean undone) {

    boolean isGoneWithItsBlock() {
      return when == When.BEFORE_COMMIT || when == When.AFTER_COMMIT;
    }

    Hook ofUndoneBlock() {
      return new Hook(when, run, consume, block, true);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Hook> hooks = new ArrayList<>(0);
  private int nextBeforeCommit;
  private int sizeBeforeFirst = -1;

  void beforeCommit(Object block, TransactionalRunnable<?> hook) {
    add(new Hook(When.BEFORE_COMMIT, hook, null, block, false));
  }

  void afterCommit(Object block, TransactionalRunnable<?> hook) {
    add(new Hook(When.AFTER_COMMIT, hook, null, block, false));
  }

  void afterRollback(Object block, TransactionalRunnable<?> hook) {
    add(new Hook(When.AFTER_ROLLBACK, hook, null, block, false));
  }

  void afterCompletion(Object block, Consumer<Transaction.Outcome> hook) {
    add(new Hook(When.AFTER_COMPLETION, null, hook, block, false));
  }

  private void add(Hook hook) {
    lock.lock();
    try {
      hooks.add(hook);
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return hooks.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The next one to run before the commit, or null when all have. */
  @Nullable TransactionalRunnable<?> nextBeforeCommit() {
    lock.lock();
    try {
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
    } finally {
      lock.unlock();
    }
  }

  /**
   * A block was undone: what was registered in it to run for its commit is gone, what was to run
   * for its rollback runs at the end of the whole transaction.
   */
  void undone(Predicate<Object> isIn) {
    lock.lock();
    try {
      for (int i = hooks.size() - 1; i >= 0; i--) {
        Hook hook = hooks.get(i);
        if (isIn.test(hook.block)) {
          undone(i, hook);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void undone(int index, Hook hook) {
    if (!hook.isGoneWithItsBlock()) {
      hooks.set(index, hook.ofUndoneBlock());
      return;
    }
    hooks.remove(index);
    if (index < nextBeforeCommit) {
      nextBeforeCommit--;
    }
  }

  /** What runs after an end with this outcome. */
  List<TransactionalRunnable<?>> after(Transaction.Outcome outcome) {
    lock.lock();
    try {
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
    } finally {
      lock.unlock();
    }
  }

  private static boolean isDue(When when, Transaction.Outcome outcome) {
    return switch (when) {
      case AFTER_COMMIT -> outcome == Transaction.Outcome.COMMITTED;
      case AFTER_ROLLBACK -> outcome == Transaction.Outcome.ROLLED_BACK;
      case BEFORE_COMMIT, AFTER_COMPLETION -> false;
    };
  }
}
