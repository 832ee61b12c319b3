package io.txhost.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** For how long a connection outside a transaction holds one of the pool's. */
sealed interface Holding {

  /**
   * The connection for one statement or question.
   *
   * @param left how long it may wait for the pool, empty for as long as the pool does
   * @throws SQLException the pool's or the driver's own; nothing is held then
   */
  Held take(Optional<Duration> left) throws SQLException;

  /** The statement was closed, or the question answered. */
  void done(Held held);

  /** Whether all statements have one connection. */
  boolean isOne();

  /** Whether it is there now, so that user code may have the driver's own. */
  default boolean hasOne() {
    return isOne();
  }

  /** Whether what was taken is no longer the statement's to use, though the statement is open. */
  boolean isTakenAway(Held held);

  /** Ends it: nothing is held afterwards. */
  void end();

  /** Each statement has a connection of its own, while it is open. */
  record EachItsOwn(ConnectionSource source, Taker taker) implements Holding {
    @Override
    public Held take(Optional<Duration> left) throws SQLException {
      return Held.take(source, taker, left);
    }

    @Override
    public void done(Held held) {
      held.giveBack();
    }

    @Override
    public boolean isOne() {
      return false;
    }

    @Override
    public boolean isTakenAway(Held held) {
      return false;
    }

    @Override
    public void end() {
      // each statement's goes back when that is closed
    }
  }

  /**
   * A block of a library's own: one connection from its first statement to its end. A transaction
   * that is begun inside takes that connection, and gives it back to the block; what runs outside
   * of the transaction meanwhile has connections of its own.
   *
   * <p><b>Threads:</b> used by one thread at a time, and may be ended by another than the one that
   * opened it. Only transactions of the thread that took the connection are lent it.
   */
  final class Block implements Holding {
    private final ConnectionSource source;
    private final Taker taker;
    private volatile @Nullable Held held;
    private volatile boolean isLent;
    private volatile boolean ended;

    /** Which took the connection. */
    private volatile @Nullable Thread owner;

    Block(ConnectionSource source, Taker taker) {
      this.source = source;
      this.taker = taker;
    }

    @Override
    public Held take(Optional<Duration> left) throws SQLException {
      if (isLent || ended) {
        return Held.take(source, taker, left);
      }
      Held now = held;
      if (now == null || now.isGivenBack()) {
        now = Held.take(source, taker, left);
        held = now;
        owner = Thread.currentThread();
        Blocks.enter(this);
      }
      return now;
    }

    @Override
    public void done(Held taken) {
      if (taken != held) {
        taken.giveBack();
      } else if (taken.isUnfit()) { // nobody knows how far the driver got: nothing more is sent
        release(taken);
      }
    }

    private void release(Held taken) {
      if (taken == held) { // else it has another since
        held = null;
        owner = null;
        Blocks.leave(this);
      }
      taken.giveBack();
    }

    @Override
    public boolean isOne() {
      return true;
    }

    @Override
    public boolean hasOne() {
      return !isLent;
    }

    @Override
    public boolean isTakenAway(Held taken) {
      return taken == held ? isLent : taken.isGivenBack();
    }

    @Override
    public void end() {
      ended = true;
      Held now = held;
      if (now != null && !isLent) {
        release(now);
      }
    }

    /** Whatever had it was collected. */
    void forgotten() {
      Held now = held;
      if (now != null && !isLent) {
        now.forgotten();
      }
      end();
    }

    boolean isOf(ConnectionSource asked) {
      return source == asked;
    }

    /** Whether a transaction may have its connection. */
    boolean canLend() {
      Held now = held;
      return now != null && !isLent && !ended && !now.isGivenBack() && !now.isUnfit();
    }

    /** Whether it holds what the calling thread took. */
    boolean isHeldHere() {
      return held != null && owner == Thread.currentThread();
    }

    /** Lends the connection to a transaction, until that gives it back or throws it away. */
    Standing lend(ConnectionTaking transaction) {
      Held lent = held;
      if (lent == null) {
        throw new IllegalStateException("nothing to lend");
      }
      lent.endBriefOrLose();
      isLent = true;
      return lent.lend(transaction, new OfBlock(lent));
    }

    /** What becomes of a connection that a transaction had from the block. */
    private final class OfBlock implements Loan {
      private final Held lent;

      private OfBlock(Held lent) {
        this.lent = lent;
      }

      @Override
      public void returned() {
        isLent = false;
        if (ended) {
          release(lent);
        }
      }

      @Override
      public void thrownAway() {
        lent.wasThrownAway();
        isLent = false;
        release(lent);
      }
    }
  }
}
