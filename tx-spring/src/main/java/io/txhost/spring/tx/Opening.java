package io.txhost.spring.tx;

import io.txhost.Isolation;
import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.Ending;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A boundary that the host opens, as a definition of Spring's: Spring does all that it does of its
 * own where one begins, and then finds it begun.
 */
final class Opening extends DefaultTransactionDefinition {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // Spring's base class is serializable, a boundary is not
  private final BridgedBoundary boundary;

  @SuppressWarnings("serial")
  private @Nullable HostTransaction transaction;

  @SuppressWarnings("serial")
  private @Nullable Ending ending;

  /** How many synchronizations of what is around are set aside. */
  private final int aside = registered();

  private boolean keeps;

  Opening(BridgedBoundary boundary, int propagation) {
    super(propagation);
    this.boundary = boundary;
    setName(boundary.name());
    setReadOnly(boundary.isReadOnly());
    setIsolationLevel(Isolations.levelOf(Isolation.valueOf(boundary.isolation())));
  }

  BridgedBoundary boundary() {
    return boundary;
  }

  /** Spring has made its object for it. */
  void isOf(HostTransaction made) {
    transaction = made;
  }

  @Nullable HostTransaction transaction() {
    return transaction;
  }

  /** What Spring did for it is undone, as far as it is ours. */
  void giveUp() {
    if (transaction != null) {
      transaction.unbind();
    }
  }

  /** What was left open inside may have left what is its own on the thread. */
  void rebind() {
    if (transaction != null) {
      transaction.rebind();
    }
  }

  private static int registered() {
    return TransactionSynchronizationManager.isSynchronizationActive()
        ? TransactionSynchronizationManager.getSynchronizations().size()
        : 0;
  }

  /**
   * Whether what is around has its synchronizations back. Where one of them has failed to resume,
   * others are lost with it, and who is around must not commit without them.
   */
  boolean isResumed() {
    return registered() >= aside;
  }

  /** Its work is over. */
  void ends(boolean isToBeKept, Ending how) {
    keeps = isToBeKept;
    ending = how;
  }

  boolean keeps() {
    return keeps;
  }

  Ending ending() {
    Ending given = ending;
    if (given == null) {
      throw new IllegalStateException(boundary + " ends only where the host ends it");
    }
    return given;
  }
}
