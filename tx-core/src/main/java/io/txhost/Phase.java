package io.txhost;

/** Where one transaction stands. One place moves it; the last three never move. */
enum Phase {
  ACTIVE,
  /**
   * The server gave the transaction up, or may have: nothing more is sent on it, and only undoing
   * to a savepoint makes it ACTIVE again.
   */
  LOST,
  COMMITTED,
  ROLLED_BACK,
  /** The commit was sent and its answer lost: neither success nor a rollback may be reported. */
  UNKNOWN;

  boolean mayBecome(Phase next) {
    return switch (this) {
      case ACTIVE -> next != ACTIVE;
      case LOST -> next == ACTIVE || next == ROLLED_BACK || next == UNKNOWN;
      case COMMITTED, ROLLED_BACK, UNKNOWN -> false;
    };
  }

  /** Of an end, as users see it. */
  Transaction.Outcome outcome() {
    return switch (this) {
      case COMMITTED -> Transaction.Outcome.COMMITTED;
      case ROLLED_BACK -> Transaction.Outcome.ROLLED_BACK;
      case UNKNOWN -> Transaction.Outcome.UNKNOWN;
      case ACTIVE, LOST -> throw new IllegalStateException("no end: " + this);
    };
  }

  boolean isEnd() {
    return this == COMMITTED || this == ROLLED_BACK || this == UNKNOWN;
  }
}
