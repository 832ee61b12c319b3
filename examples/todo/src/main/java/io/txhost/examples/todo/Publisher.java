package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;

/**
 * Publishes on one channel. What it writes is part of whatever transaction calls it, on whichever
 * thread; it knows nothing of either.
 */
interface Publisher {

  /** The channel's key. */
  String channel();

  /**
   * Words the publication for the channel and puts it among the deliveries, from where it is sent
   * once it is committed.
   */
  Delivery publish(long publication, String title);
}
