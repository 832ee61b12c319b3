package io.txhost.examples.todo.waterfall;

import io.txhost.spi.ThreadName;

/**
 * Something that a host told.
 *
 * @param at when, by {@link System#nanoTime()}
 * @param thread where
 * @param what it was
 * @param transaction the number of the transaction that it was about
 * @param text a name, a statement or the class of a failure, by {@code what}; may be empty
 * @param nanos how long what follows is to take; 0 where that is not known
 */
record Event(long at, Lane thread, What what, long transaction, String text, long nanos) {

  /** A thread by its number, since many have the same name, or none. */
  record Lane(long number, String name) {

    @SuppressWarnings("deprecation") // threadId() is younger than Java 17
    static Lane here() {
      Thread thread = Thread.currentThread();
      return new Lane(thread.getId(), ThreadName.of(thread));
    }
  }

  /** Each is a method of the listener. */
  enum What {
    BEGAN,
    SET_ASIDE,
    RESUMED,
    SAVEPOINT,
    SAVEPOINT_RELEASED,
    SAVEPOINT_ROLLED_BACK,
    ACQUIRING,
    NOT_ACQUIRED,
    ACQUIRED,
    RELEASED,
    EXECUTING,
    EXECUTED,
    NOT_EXECUTED,
    WAITING,
    WAITED,
    COMMITTED,
    ROLLED_BACK,
    UNKNOWN,
    RETRIED,
    DETACHED;

    /** Whether the transaction is over with it. */
    boolean isEnd() {
      return this == COMMITTED || this == ROLLED_BACK || this == UNKNOWN;
    }
  }
}
