package io.txhost.jdbc;

import io.txhost.PoolDeadlockException;
import io.txhost.spi.ThreadName;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread that waits for a connection before a {@link Gate}. */
final class Waiter implements Stuck.Wait<Gate, Holder> {

  /** How the wait ended. */
  private sealed interface End {
    /** Let through. */
    record Admitted() implements End {}

    /** By itself: too late, or interrupted. */
    record Gone() implements End {}

    /** It would wait for itself. */
    record Refused(PoolDeadlockException why) implements End {}
  }

  private final Gate gate;
  private final Taker taker;
  private final Thread thread = Thread.currentThread();
  private final List<Holder> around;

  /** Null as long as it waits. */
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();

  /** Of the calling thread. */
  Waiter(Gate gate, Taker taker) {
    this.gate = gate;
    this.taker = taker;
    this.around = taker.around();
  }

  @Override
  public Gate pool() {
    return gate;
  }

  @Override
  public List<Holder> around() {
    return around;
  }

  /** Whether a boundary around has a connection. */
  boolean isHolding() {
    for (Holder each : around) {
      if (each.held() != null) {
        return true;
      }
    }
    return false;
  }

  Thread thread() {
    return thread;
  }

  boolean isWaiting() {
    return end.get() == null;
  }

  /** Lets it through, unless its wait has ended. */
  boolean admit() {
    return end(new End.Admitted());
  }

  void refuse(PoolDeadlockException why) {
    end(new End.Refused(why));
  }

  private boolean end(End how) {
    boolean isFirst = end.compareAndSet(null, how);
    if (isFirst && thread != Thread.currentThread()) {
      LockSupport.unpark(thread);
    }
    return isFirst;
  }

  /**
   * Waits, on its own thread.
   *
   * @return whether it was let through; false if that took too long
   * @throws PoolDeadlockException if it was refused
   * @throws SQLException if it was interrupted, which its thread stays
   */
  boolean await(long nanos) throws SQLException {
    long until = System.nanoTime() + nanos;
    boolean interrupted = false;
    while (isWaiting()) {
      long left = until - System.nanoTime();
      interrupted = Thread.interrupted();
      if (left <= 0 || interrupted) {
        end(new End.Gone());
      } else {
        LockSupport.parkNanos(gate, left);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return wasAdmitted(interrupted);
  }

  private boolean wasAdmitted(boolean interrupted) throws SQLException {
    if (end.get() instanceof End.Refused refused) {
      throw refused.why();
    }
    boolean admitted = end.get() instanceof End.Admitted;
    if (interrupted && !admitted) {
      throw new SQLException(
          "Interrupted while waiting for a connection", new InterruptedException());
    }
    return admitted;
  }

  @Override
  public String toString() {
    return taker + " on thread " + ThreadName.of(thread);
  }
}
