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
 * closed: close statements, or the connection that {@code host.tx()} gave. What may be done there
 * is the host's {@link io.txhost.FallbackPolicy} to say: reads alone, unless set otherwise. A
 * connection or statement that was got outside and is used where a transaction is active is used in
 * that transaction.
 *
 * <p>Calls that would begin or end a transaction, and changes of the connection's state, are
 * refused by an {@link java.sql.SQLException}, so that a library cleans up; its cause is a {@link
 * io.txhost.TransactionException}. A refused {@code commit}, {@code rollback}, {@code abort} or
 * {@code setAutoCommit(true)} marks the block it is called in, also if the refusal is swallowed.
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

  /**
   * One connection for a block of work, for adapters of libraries whose own blocks promise one.
   * Outside a transaction all statements have the same connection, from the first one to {@code
   * close()}, so that session state and {@code unwrap} are the block's own; a transaction that is
   * begun inside the block takes that connection and gives it back to the block. Where a
   * transaction is active it is used in that, as ever.
   *
   * @param connection what {@code host.tx()} gave
   * @return one that must be closed, and belongs to one thread at a time; the connection itself if
   *     it is a transaction's, or not this adapter's
   */
  public static Connection block(Connection connection) {
    return connection instanceof FallbackConnection outside ? outside.block() : connection;
  }
}
