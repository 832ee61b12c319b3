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
   * An adapter over a pool whose size is told: as many go to it at once, first come first served.
   * The sizes of HikariCP, Agroal, Tomcat JDBC and DBCP2 are found by {@link #over(DataSource)},
   * also behind a data source that leads to them by {@code unwrap}. See {@code
   * docs/in-depth/pools.md}.
   *
   * @param poolSize how many connections the pool has; where hosts over one pool say different
   *     things, the last counts. 0 to have no gate before it
   * @throws IllegalArgumentException if it is less than 0
   */
  public static TransactionAdapter<Connection> over(DataSource dataSource, int poolSize) {
    if (poolSize < 0) {
      throw new IllegalArgumentException("poolSize " + poolSize + ": it is 0 or more");
    }
    return new ConnectionAdapter(new ConnectionSource(dataSource, poolSize));
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
   * A data source for libraries that begin and end transactions by themselves, such as Quartz,
   * JobRunr, Liquibase, Spring Batch or Hibernate. See {@code docs/jdbc.md} for which library takes
   * which data source.
   *
   * <p><b>Inside a transaction</b> what the library does is a part of that, and is committed or
   * rolled back where the host's boundary ends. {@code setAutoCommit(false)} and {@code commit()}
   * do nothing. {@code rollback()} marks the block, if the library has written since its last
   * {@code commit()}; {@code close()} marks it if the library has set auto-commit off and has not
   * committed what it wrote. The mark's cause is a {@link io.txhost.TransactionException} that
   * names the caller. Savepoints are the library's own. At first auto-commit seems on, as a pool's
   * is. {@code setAutoCommit(true)} is refused, as the library wants its statement seen at once;
   * where the library puts back what it found it is not, but a write after it is. Less isolation
   * and {@code setReadOnly(true)} are no more than hints here; more isolation, and any other change
   * of state, is refused. Each connection has a view of auto-commit of its own, and refuses after
   * the end.
   *
   * <p><b>Outside</b> it is a connection of the pool's, whatever the host's fallback policy: each
   * statement commits by itself, on a connection that it holds while it is open. {@code
   * setAutoCommit(false)}, or a change of state, holds one connection until {@code close()}; its
   * commits and rollbacks are the library's own, what is uncommitted at {@code close()} is rolled
   * back, and the state is put back. So it is on any thread where no transaction is active, such as
   * a scheduler's, and on a host that is not enabled.
   *
   * <p>A connection that was got outside joins where it is used inside, between the library's own
   * transactions. In the middle of one its statements are refused there.
   *
   * @param host of connections, one over {@link #over}
   * @throws io.txhost.TransactionException TXH-540 if the host's connections are not this adapter's
   */
  public static DataSource enlistingDataSource(TransactionHost<Connection> host) {
    return EnlistingDataSource.of(Objects.requireNonNull(host, "host"));
  }

  /**
   * The data source that a host was built over. What is got from it is beside the host: for those
   * who have to know which pool it is.
   *
   * @param host of connections, one over {@link #over}
   * @throws io.txhost.TransactionException TXH-540 if the host's connections are not this adapter's
   */
  public static DataSource pool(TransactionHost<Connection> host) {
    return EnlistingDataSource.poolOf(Objects.requireNonNull(host, "host"));
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
