package io.txhost.jdbc;

import java.sql.Connection;

/** A connection of the pool for what runs outside a transaction. */
final class BorrowedOutside extends Borrowed {
  private final ConnectionSource source;
  private final Taker taker;

  BorrowedOutside(
      ConnectionSource source, Taker taker, Connection connection, DriverState state, Gate gate) {
    super(connection, state, gate);
    this.source = source;
    this.taker = taker;
  }

  @Override
  ConnectionSource source() {
    return source;
  }

  @Override
  public Object who() {
    return taker;
  }
}
