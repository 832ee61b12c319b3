package io.txhost.spring.tx;

import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.Crossing;
import io.txhost.internal.Ending;
import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * A boundary of the host's as a scope of Spring's: Spring ends it, with all that it does around an
 * end, and what leaves is what the host says.
 */
final class Adopted implements Crossing {
  private final TxHostTransactionManager manager;
  private final DefaultTransactionStatus status;
  private final Opening opening;

  Adopted(TxHostTransactionManager manager, DefaultTransactionStatus status, Opening opening) {
    this.manager = manager;
    this.status = status;
    this.opening = opening;
  }

  @Override
  public void end(boolean keeps, Ending ending) {
    opening.ends(keeps, ending);
    Throwable thrown = endOfSprings(keeps);
    if (opening.boundary().kind() == BridgedBoundary.Kind.WITHOUT) {
      ending.run(); // there was nothing to end for Spring
    }
    Throwable failure = leaving(thrown, ending);
    if (failure != null) {
      Adopted.<RuntimeException>leave(failure);
    }
  }

  private @Nullable Throwable endOfSprings(boolean keeps) {
    try {
      opening.rebind();
      if (keeps) {
        manager.commit(status);
      } else {
        manager.rollback(status);
      }
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  /** What is to leave: what the host has thrown, or what has kept it from its commit. */
  private @Nullable Throwable leaving(@Nullable Throwable thrown, Ending ending) {
    HostTransaction transaction = opening.transaction();
    Throwable failure = transaction == null ? null : transaction.failure();
    if (thrown == null || (transaction != null && thrown == transaction.told())) {
      return failure;
    }
    if (transaction != null
        && transaction.end() == BridgedBoundary.End.COMMITTED
        && opening.isResumed()) {
      ending.failedAfter(thrown);
      return null;
    }
    Throwable own =
        thrown instanceof UndeclaredThrowableException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (failure != null && failure != own) {
      own.addSuppressed(failure);
    }
    return own;
  }

  @SuppressWarnings("unchecked") // what a hook throws leaves as it is, checked or not
  private static <X extends Throwable> void leave(Throwable failure) throws X {
    throw (X) failure;
  }

  @Override
  public String toString() {
    return opening.boundary().toString();
  }
}
