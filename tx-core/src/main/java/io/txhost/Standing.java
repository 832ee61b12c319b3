package io.txhost;

import org.jspecify.annotations.Nullable;

/**
 * Where a transaction stands.
 *
 * @param lostBy the failure that lost it, if it is or was
 * @param byBlock whether that was at the end of a block: what is in it cannot be told from the rest
 * @param endedBy what makes it end otherwise than asked, for listeners
 */
record Standing(
    Phase phase, @Nullable Throwable lostBy, boolean byBlock, @Nullable Throwable endedBy) {
  static final Standing ACTIVE = new Standing(Phase.ACTIVE, null, false, null);
  private static final Standing COMMITTED = new Standing(Phase.COMMITTED, null, false, null);
  private static final Standing ROLLED_BACK = new Standing(Phase.ROLLED_BACK, null, false, null);

  Standing becoming(Phase next, @Nullable Throwable cause) {
    if (this == ACTIVE && cause == null && next == Phase.COMMITTED) {
      return COMMITTED;
    }
    if (this == ACTIVE && cause == null && next == Phase.ROLLED_BACK) {
      return ROLLED_BACK;
    }
    return new Standing(next, cause == null ? lostBy : cause, byBlock, endedBy);
  }

  /** For messages: how it was lost. */
  String lostHow() {
    return byBlock
        ? "a NESTED block of it could not be ended"
        : "a statement failed and the server gave the transaction up";
  }

  Standing lostByBlock() {
    return new Standing(phase, lostBy, true, endedBy);
  }

  Standing endedBy(@Nullable Throwable failure) {
    return new Standing(phase, lostBy, byBlock, failure);
  }
}
