package io.txhost.spring.tx;

import io.txhost.internal.BridgedBoundary;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * What tasks have registered in a transaction they share, until the thread of its boundary takes it
 * over.
 *
 * <p><b>Threads:</b> tasks hand over, the boundary's takes over.
 */
final class TaskSynchronizations {
  private static final Map<Object, Queue<TransactionSynchronization>> WAITING =
      new ConcurrentHashMap<>();

  private TaskSynchronizations() {}

  static void handOver(BridgedBoundary boundary, List<TransactionSynchronization> registered) {
    Object transaction = boundary.transaction();
    if (registered.isEmpty() || transaction == null) {
      return;
    }
    WAITING.computeIfAbsent(transaction, first -> new ConcurrentLinkedQueue<>()).addAll(registered);
    if (boundary.end() != BridgedBoundary.End.OPEN) { // nobody has waited for this task
      Queue<TransactionSynchronization> late = WAITING.remove(transaction);
      if (late != null) {
        TransactionSynchronizationUtils.invokeAfterCompletion(
            List.copyOf(late), TransactionSynchronization.STATUS_UNKNOWN);
      }
    }
  }

  /** Registers what tasks have handed over with the thread that ends the transaction. */
  static void takeOver(@Nullable Object transaction, DefaultTransactionStatus status) {
    if (transaction != null && !WAITING.isEmpty()) {
      Queue<TransactionSynchronization> handed = WAITING.remove(transaction);
      if (handed != null && status.isNewSynchronization()) {
        handed.forEach(TransactionSynchronizationManager::registerSynchronization);
      }
    }
  }
}
