package io.txhost.test;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A database on a server that listens on 127.0.0.1: a proxy can stand before it, such as {@code
 * LoopbackProxy} of {@code tx-adapter-tck}.
 *
 * @implSpec Implemented here, and by whoever tests on another server: a new method comes with a
 *     default.
 */
public interface ServerDatabase extends Database {

  /** Where the server listens. */
  int port();

  /**
   * Like {@link #dataSource()}, but to a port of 127.0.0.1 that leads to the server.
   *
   * @param port a proxy's, say
   * @throws SQLException if the driver does not take it
   */
  DataSource dataSourceAt(int port) throws SQLException;
}
