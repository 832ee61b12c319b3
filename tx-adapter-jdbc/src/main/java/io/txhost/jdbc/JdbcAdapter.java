package io.txhost.jdbc;

import io.txhost.TransactionHost;
import io.txhost.spi.TransactionAdapter;
import java.sql.Connection;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Hosts of plain JDBC.
 *
 * <p>Inside a transaction {@code host.tx()} is a connection that takes one of the pool's when its
 * first statement is created. What would end the transaction or outlive it is refused there: {@code
 * commit}, {@code rollback}, {@code setAutoCommit}, {@code setReadOnly}, {@code setSchema} and the
 * like. {@code close()} ends nothing; savepoints of your own are allowed; {@code unwrap} leads to
 * the driver's connection, where none of this holds.
 *
 * <p>Outside, each statement auto-commits on a connection of its own, which it holds until it is
 * closed: close statements, or the connection that {@code host.tx()} gave.
 *
 * <p>On H2, which has no read-only transactions, statements that may write are refused here, with
 * SQLSTATE 25006; what a Java function writes when a query calls it is not seen.
 */
public final class JdbcAdapter {
  private JdbcAdapter() {}

  /**
   * An adapter over a pool. It turns auto-commit off and back on as needed; a pool with auto-commit
   * off is as good. On its first connection it asks once which database this is and what its
   * isolation is.
   *
   * @param dataSource best a pool; serves every thread at once
   */
  public static TransactionAdapter<Connection> over(DataSource dataSource) {
    return new ConnectionAdapter(new ConnectionSource(dataSource));
  }

  /**
   * A data source that any other library can join through: its connections are {@code host.tx()},
   * so they are the transaction's inside of one, where closing them ends nothing, and the fallback
   * outside, as the host's policy allows.
   *
   * @param host of connections, such as one over {@link #over}
   */
  public static DataSource dataSource(TransactionHost<Connection> host) {
    return new JoiningDataSource(Objects.requireNonNull(host, "host"));
  }
}
