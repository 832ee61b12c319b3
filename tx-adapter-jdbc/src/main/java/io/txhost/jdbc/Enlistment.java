package io.txhost.jdbc;

import io.txhost.TransactionException;
import io.txhost.spi.ThreadName;
import java.util.Set;

/** What is refused, or marks, where a library demarcates by itself. */
final class Enlistment {
  private static final Set<String> OURS =
      Set.of(
          Enlistment.class.getName(),
          EnlistedConnection.class.getName(),
          EnlistingConnection.class.getName(),
          SqlCall.Action.class.getName());

  private Enlistment() {}

  /** The mark of a library that has rolled back. */
  static TransactionException rolledBack(String where) {
    return gaveUp("rollback()", where);
  }

  /** The mark of a library that has closed what it had not committed. */
  static TransactionException closedUncommitted(String where) {
    return gaveUp("close() without a commit()", where);
  }

  private static TransactionException gaveUp(String call, String where) {
    return new TransactionException(
        "TXH-541",
        caller()
            + " gave up by "
            + call
            + " on thread "
            + ThreadName.here()
            + ", "
            + where
            + ". What was written there is a part of the transaction, and cannot be undone"
            + " alone. Let the library's failure leave the boundary, or contain the library's"
            + " work in a NESTED block.",
        null);
  }

  /** What called the connection: the innermost that is neither ours nor a proxy. */
  private static String caller() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> isAnothers(frame.getClassName()))
                    .findFirst()
                    .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                    .orElse("A library"));
  }

  private static boolean isAnothers(String className) {
    return !OURS.contains(className)
        && !className.startsWith("java.")
        && !className.startsWith("jdk.")
        && !className.contains("$Proxy");
  }

  static TransactionException writeSeenAtOnce(String where) {
    return new TransactionException(
        "TXH-542",
        "A write was refused "
            + where
            + ", and not sent. The library has set auto-commit on, so it wants the write seen at"
            + " once. No write is seen before the host's transaction ends. Give the library the"
            + " pool, or JdbcAdapter.dataSource(host), which tells the library that auto-commit"
            + " is off.",
        null);
  }

  static TransactionException inItsOwnTransaction() {
    return new TransactionException(
        "TXH-543",
        "A statement was refused on thread "
            + ThreadName.here()
            + ", and not sent. Its connection is in the middle of a transaction of the library's"
            + " own, which began outside; or the statement was prepared for such a connection."
            + " The host's transaction that is active here would not have the statement. Begin"
            + " the library's transaction inside the boundary, or get another connection there.",
        null);
  }

  static TransactionException committedAlready() {
    return new TransactionException(
        "TXH-544",
        "rollback refused "
            + FallbackConnection.WHO
            + ": auto-commit is on, so what was written on this connection is committed already."
            + " Let the library set auto-commit off before it writes, or run the library in"
            + " host.withTransaction. With Hibernate leave provider_disables_autocommit at false.",
        null);
  }
}
