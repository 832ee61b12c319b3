package io.txhost.spring.tx;

import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.Crossing;
import io.txhost.internal.Ending;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.ResourceHolderSynchronization;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A task that shares a transaction: on its thread Spring finds the connection and the flags, and
 * what is registered there is told of the transaction's end by the thread of its boundary.
 */
final class TaskCrossing implements Crossing {
  private static final System.Logger LOG = System.getLogger(TaskCrossing.class.getName());

  private final HostSide host;
  private final BridgedBoundary boundary;
  private final BoundConnection connection;
  private final boolean synchronizes;

  private TaskCrossing(
      HostSide host, BridgedBoundary boundary, BoundConnection connection, boolean synchronizes) {
    this.host = host;
    this.boundary = boundary;
    this.connection = connection;
    this.synchronizes = synchronizes;
  }

  /** Null where the task runs on a thread that has it all, such as the caller's. */
  static @Nullable TaskCrossing open(HostSide host, BridgedBoundary boundary) {
    BoundConnection here = host.bound();
    if (here != null && here.transaction() == boundary.transaction()) {
      return null;
    }
    BoundConnection connection = new BoundConnection(host, boundary);
    host.bind(connection);
    boolean synchronizes = !TransactionSynchronizationManager.isSynchronizationActive();
    if (synchronizes) {
      TransactionSynchronizationManager.setActualTransactionActive(true);
      TransactionSynchronizationManager.setCurrentTransactionReadOnly(boundary.isReadOnly());
      TransactionSynchronizationManager.setCurrentTransactionName(boundary.name());
      TransactionSynchronizationManager.initSynchronization();
    }
    return new TaskCrossing(host, boundary, connection, synchronizes);
  }

  @Override
  public void end(boolean keeps, Ending ending) {
    try {
      ending.run();
    } finally {
      try {
        if (synchronizes) {
          handOver();
        }
      } finally {
        host.unbind(connection);
      }
    }
  }

  private void handOver() {
    List<TransactionSynchronization> kept = new ArrayList<>();
    List<TransactionSynchronization> registered =
        TransactionSynchronizationManager.getSynchronizations();
    TransactionSynchronizationManager.clear();
    for (TransactionSynchronization each : registered) {
      if (isOfThisThread(each)) {
        release(each);
      } else {
        kept.add(each);
      }
    }
    TaskSynchronizations.handOver(boundary, kept);
  }

  /** A connection of another pool, say, which Spring has bound to this thread. */
  private static boolean isOfThisThread(TransactionSynchronization registered) {
    return registered instanceof ResourceHolderSynchronization
        || registered.getClass().getName().startsWith("org.springframework.jdbc.datasource.");
  }

  private static void release(TransactionSynchronization resource) {
    try {
      resource.beforeCompletion();
      resource.afterCompletion(TransactionSynchronization.STATUS_UNKNOWN);
    } catch (RuntimeException failure) {
      LOG.log(
          System.Logger.Level.ERROR,
          "TXH-644 A resource of Spring's could not be released at the end of a task",
          failure);
    }
  }

  @Override
  public String toString() {
    return boundary.toString();
  }
}
