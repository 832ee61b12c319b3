package io.txhost.jdbc;

import io.txhost.PoolDeadlockException;
import io.txhost.TransactionException;
import io.txhost.spi.ThreadName;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Collection;

/** What is refused in more than one place. */
final class Refusals {
  /** The standard's SQLSTATE for an end of a transaction that is not allowed. */
  private static final String INVALID_TERMINATION = "2D000";

  private Refusals() {}

  /** A library cleans up after a SQLException, and not after one that it does not know. */
  static SQLException asSql(TransactionException refusal) {
    return new SQLException(refusal.getMessage(), INVALID_TERMINATION, refusal);
  }

  /**
   * A wait for a connection that would not end.
   *
   * @param who waits
   * @param size how many connections the pool has
   * @param holders who has connections, and where each waits
   */
  static PoolDeadlockException waitsForItself(
      String who, String pool, int size, Collection<String> holders) {
    return new PoolDeadlockException(
        who
            + " was refused a connection of "
            + pool
            + ": all "
            + size
            + " are held by boundaries that wait for one more inside, so no connection would"
            + " ever come back. "
            + String.join("; ", holders)
            + ". The newest that waits is refused, and the others go on. Let the pool have at least "
            + (size + 1)
            + ", or do without the second connection here: REQUIRES_NEW, withoutTransaction."
            + " Threads x (connections a thread holds at once - 1) + 1 is always enough.",
        new SQLTransientConnectionException(
            "TXH-596 The pool was not asked, as none of its connections would come back"));
  }

  static TransactionException cannotJoin(String what) {
    return new TransactionException(
        "TXH-517",
        what
            + " was refused on thread "
            + ThreadName.here()
            + ": it was made outside the transaction that is active here, and cannot be used"
            + " inside. Make it inside, or use it in host.withoutTransaction.",
        null);
  }

  static TransactionException batchOfEnded() {
    return new TransactionException(
        "TXH-517",
        "A batch was refused on thread "
            + ThreadName.here()
            + ": it was filled in a transaction that has ended since, and was not executed there."
            + " Execute a batch where it is filled.",
        null);
  }

  static SQLException closedConnection() {
    return new SQLException(
        "TXH-513 This connection was closed. Ask host.tx(), or the data source, for another.",
        "08003");
  }

  static TransactionException transactionCall(String call, String where, String instead) {
    return new TransactionException("TXH-501", call + " refused " + where + ": " + instead, null);
  }

  static TransactionException stateChange(String call, String where) {
    return new TransactionException(
        "TXH-502",
        call
            + " refused "
            + where
            + ": the connection goes back to its pool, and the change would go with it. Ask for isolation"
            + " and read-only in the options of host.withTransaction; set everything else on the"
            + " pool.",
        null);
  }

  static TransactionException lost(Object who, Throwable cause) {
    return new TransactionException(
        "TXH-504",
        who
            + " is lost since an earlier failure, the cause. Nothing more is sent in the"
            + " transaction, and it will be rolled back. Let the failure leave the boundary, or"
            + " contain the failure in a NESTED block or a savepoint.",
        cause);
  }

  static TransactionException controlText(Object where) {
    return new TransactionException(
        "TXH-503",
        "A statement that begins or ends a transaction, or changes how it runs, was refused in "
            + where
            + ", and not sent: only the host begins, ends and changes transactions. Use"
            + " host.withTransaction, its options for isolation and read-only, and"
            + " setRollbackOnly() to give up.",
        null);
  }

  static TransactionException committing(Object who, String database) {
    return new TransactionException(
        "TXH-505",
        "A statement was refused in "
            + who
            + ", and not sent: at a statement like this one, such as CREATE TABLE, "
            + database
            + " first commits all that the transaction has done so far. A failure afterwards could"
            + " not undo that. Run the statement before the transaction or after it, or in"
            + " host.withoutTransaction(..).",
        null);
  }

  static TransactionException endedByStatement(Object who) {
    return new TransactionException(
        "TXH-515",
        who
            + " was ended on the server by one of its own statements: what came before it may be"
            + " kept, what came after was refused. Leave beginning and ending to the host.",
        null);
  }

  static TransactionException failedUnseen(Object who) {
    return new TransactionException(
        "TXH-527",
        who
            + " was lost by something that was not seen here. It ran on the driver's own object,"
            + " which unwrap gave: a COPY, for example, or a statement. Find the failure that was"
            + " swallowed there, and let the failure leave the boundary.",
        null);
  }

  static TransactionException closedUnseen(Object who) {
    return new TransactionException(
        "TXH-528",
        "The connection of "
            + who
            + " was closed before COMMIT was sent: by its pool, or by code that has the"
            + " connection. No call that was seen here met the failure. What was done on the"
            + " connection is rolled back. Look in the log for what the pool says of it.",
        null);
  }

  static TransactionException savepointOfChild(String call, Object who) {
    return new TransactionException(
        "TXH-516",
        call
            + " refused on thread "
            + ThreadName.here()
            + ", a structured child's of "
            + who
            + ": going back to a savepoint would undo what the other children did meanwhile. Use"
            + " host.withTransaction(NESTED, ..) around the part that may be undone: such a block"
            + " has the connection to itself.",
        null);
  }

  static TransactionException transactionOfAnothers(Object source) {
    return new TransactionException(
        "TXH-520",
        "A connection of "
            + source
            + " came with somebody else's transaction under way. The connection was given back"
            + " as it was, and nothing was sent on it: a transaction begun there would end the"
            + " other one. Hand over the pool itself, not a data source that lends connections of"
            + " a transaction, such as Spring's TransactionAwareDataSourceProxy. Whoever takes a"
            + " connection of the pool must end its transaction before giving the connection back.",
        null);
  }

  static TransactionException dataSourceOfAnothers(String what) {
    return new TransactionException(
        "TXH-521",
        "A host over "
            + what
            + " was refused: its connections come with transactions of somebody else's, which the"
            + " host would end. Hand over the pool itself.",
        null);
  }

  static SQLException write(Object who) {
    return new SQLException(
        "TXH-509 "
            + who
            + " is read-only: a statement that may write was not sent. Write in a boundary of its"
            + " own, or without readOnly.",
        "25006");
  }
}
