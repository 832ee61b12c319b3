package io.txhost;

import io.txhost.internal.Carrier;
import org.jspecify.annotations.Nullable;

/** The boundary of one task of a race: what it marks and registers is its own until it has won. */
final class Racing extends Block {
  private final Block around;
  private final Tasks race;

  Racing(Inside around, TransactionOptions asked, Tasks race) {
    super(around.host, Carrier.current(), around, asked, around.deadline);
    this.around = around.block();
    this.race = race;
  }

  @Override
  Block around() {
    return around;
  }

  @Override
  Block ofTurns() {
    return around.ofTurns();
  }

  @Override
  Tasks tasks() {
    return race;
  }

  @Override
  boolean isDoomedByMark() {
    return isMarked() || around.isDoomedByMark();
  }

  @Override
  void keep() {
    // its end is settled when it is known who has won
  }

  /** Fails the task by what it has returned, or where its own work has marked it. */
  void refuseWhereFailed(@Nullable Object result) {
    if (host.failedResults.include(result)) {
      joinerReturnedFailure(label());
    }
    if (isMarked()) {
      throw returnedNormally(toString());
    }
  }

  @Override
  void undo() {
    markRollbackOnly();
  }

  @Override
  void undoForResult() {
    joinerReturnedFailure(label());
  }

  @Override
  void undoFor(Throwable failure) {
    joinerFailed(label(), asked, failure);
  }

  @Override
  void after() {
    end();
  }

  /**
   * After its end. What a loser has written cannot be told from what the winner has: then nothing
   * is kept.
   *
   * @param failure its own, if it failed
   */
  void settle(boolean won, int task, @Nullable Throwable failure) {
    end();
    if (!won) {
      transaction.hooksUndone(this);
    }
    if (hasWritten() && won) {
      around.wrote();
    } else if (hasWritten()) {
      around.joinerFailed(label(), SharingRefusals.lostAfterWriting(task, race, failure));
    }
  }

  @Override
  public String toString() {
    return "'" + label() + "', joined to " + transaction + onThread();
  }
}
