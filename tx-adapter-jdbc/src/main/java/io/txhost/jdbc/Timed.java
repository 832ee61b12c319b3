package io.txhost.jdbc;

/** What is sent under a {@link TimeLimit}, once it has one. */
interface Timed {

  /** Whether it has one: else the driver's own is as it was found. */
  boolean hasTimeLimit();

  /** The limit, made now if it has none. */
  TimeLimit timeLimit();

  /** Whether the user has set one. */
  default boolean isLimitedByUser() {
    return hasTimeLimit() && timeLimit().isUsers();
  }
}
