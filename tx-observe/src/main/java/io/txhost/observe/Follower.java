package io.txhost.observe;

import java.time.Duration;

/** Hears of one transaction from its begin to its end, on the thread where it happens. */
interface Follower {

  default void joined(String boundary) {}

  default void setAside() {}

  default void resumed() {}

  default void savepoint(String boundary) {}

  /**
   * A NESTED block has ended.
   *
   * @param kept whether it was kept; else it was undone
   */
  default void savepointEnded(String boundary, boolean kept) {}

  /**
   * The transaction took a connection.
   *
   * @param wait how long the transaction waited for its connection
   */
  default void acquired(Duration wait) {}

  /**
   * The transaction gave its connection back.
   *
   * @param held how long the transaction held its connection
   */
  default void released(Duration held) {}

  /** The calling thread begins to wait for its turn. */
  default void waiting() {}

  /** The calling thread has its turn, or was refused it. */
  default void waited(Duration time) {}

  /** It is over. Called last, once. */
  default void ended(FinishedTransaction how) {}
}
