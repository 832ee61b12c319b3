package io.txhost.internal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A boundary of a host, as a {@link Bridge} sees it. */
public interface BridgedBoundary {

  /** What it is. */
  enum Kind {
    /** It has begun a transaction. */
    BEGUN,
    /** A savepoint of one. */
    NESTED,
    /** Without a transaction; one that is around is set aside. */
    WITHOUT,
    /** A task that shares a transaction, on a thread of its own. */
    TASK,
    /** One that changes nothing of what is active. */
    OTHER
  }

  /** How its transaction stands. */
  enum End {
    OPEN,
    COMMITTED,
    ROLLED_BACK,
    UNKNOWN
  }

  Kind kind();

  String name();

  /** Whether its transaction was begun read-only; false without one. */
  boolean isReadOnly();

  /** The name of the isolation that its transaction was begun with, {@code DEFAULT} without one. */
  String isolation();

  /** What is left until its deadline; null if there is none. */
  @Nullable Duration remaining();

  /** Whether it can only be undone. */
  boolean isDoomed();

  /** Its transaction, the same object for all boundaries of it; null without one. */
  @Nullable Object transaction();

  /** How its transaction has ended. */
  End end();

  /**
   * Runs the host's hooks that are due before the commit, if it has begun a transaction. What one
   * of them throws leaves, and ends nothing.
   */
  void runBeforeCommit();
}
