package io.txhost.jdbc;

import org.jspecify.annotations.Nullable;

/** What may have a connection for a boundary, until the boundary ends. */
interface Holder {

  /** The gate of the pool that it has a connection of, null if it has none. */
  @Nullable Gate held();

  /** Somebody waits for a connection inside of the boundary. */
  void waitedIn();
}
