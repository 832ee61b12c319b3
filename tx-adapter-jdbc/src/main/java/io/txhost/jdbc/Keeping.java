package io.txhost.jdbc;

import java.sql.Connection;

/**
 * Says in what a connection of the pool that was just taken is kept.
 *
 * @param <B> what that is
 */
@FunctionalInterface
interface Keeping<B> {

  /**
   * Makes it.
   *
   * @param state what the connection's driver tells
   * @param gate that was passed for it
   * @param autoCommits whether auto-commit was found on
   */
  B keep(Connection connection, DriverState state, Gate gate, boolean autoCommits);
}
