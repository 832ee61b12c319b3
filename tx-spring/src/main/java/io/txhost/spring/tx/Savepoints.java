package io.txhost.spring.tx;

import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import io.txhost.internal.BridgedBoundary;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionUsageException;

/**
 * The savepoints that one scope of Spring's has made: NESTED blocks of the host's, the innermost
 * first.
 *
 * <p><b>Threads:</b> confined to the scope's.
 */
final class Savepoints {
  private final HostSide host;
  private final Deque<Savepoint> open = new ArrayDeque<>();

  Savepoints(HostSide host) {
    this.host = host;
  }

  /** One of them. Its block is null where there is nothing left to undo. */
  private static final class Savepoint {
    private @Nullable ManualTransaction block;

    Savepoint(ManualTransaction block) {
      this.block = block;
    }

    void end(Consumer<ManualTransaction> how) {
      ManualTransaction ended = block;
      block = null;
      if (ended != null) {
        how.accept(ended);
      }
    }
  }

  Object create() {
    Savepoint savepoint = new Savepoint(begin());
    open.push(savepoint);
    return savepoint;
  }

  private ManualTransaction begin() {
    try {
      return host.begin(
          TransactionOptions.defaults().propagation(Propagation.NESTED).name("Spring's savepoint"),
          null);
    } catch (io.txhost.TransactionException refusal) {
      throw new NestedTransactionNotSupportedException("No savepoint on " + host, refusal);
    }
  }

  /** Undoes what was done since; it can be gone back to again, unless all is to be undone. */
  void rollbackTo(Object savepoint) {
    Savepoint asked = innermost(savepoint, ManualTransaction::rollback);
    asked.end(ManualTransaction::rollback);
    BridgedBoundary here = host.here();
    if (here != null && !here.isDoomed()) {
      asked.block = begin();
    }
  }

  /** Ends one for good. What its end throws is the host's. */
  void release(Object savepoint) {
    Savepoint asked = innermost(savepoint, ManualTransaction::commit);
    open.remove(asked);
    asked.end(ManualTransaction::commit);
  }

  /** Ends those that were made after it. */
  private Savepoint innermost(Object savepoint, Consumer<ManualTransaction> how) {
    if (!(savepoint instanceof Savepoint asked) || !open.contains(asked)) {
      throw new TransactionUsageException(
          "TXH-643 " + savepoint + " is no savepoint of this transaction, or was released before");
    }
    while (open.peek() != asked) {
      open.pop().end(how);
    }
    return asked;
  }

  /**
   * Keeps what was made by hand and never released.
   *
   * @param held how many of the outermost stay
   */
  void releaseAll(int held) {
    while (open.size() > held) {
      open.pop().end(ManualTransaction::commit);
    }
  }

  void undoAll() {
    while (!open.isEmpty()) {
      open.pop().end(ManualTransaction::rollback);
    }
  }
}
