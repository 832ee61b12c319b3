package io.txhost.jdbi;

import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.TransactionRequiredException;
import io.txhost.spi.ThreadName;
import java.sql.SQLException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jspecify.annotations.Nullable;

/** What this adapter refuses, in words. */
final class Refusals {
  private Refusals() {}

  static TransactionException unknownJdbi(Throwable cause) {
    String version = Jdbi.class.getPackage().getImplementationVersion();
    return new TransactionException(
        "TXH-550",
        "Jdbi "
            + (version == null ? "of unknown version" : version)
            + " cannot be used: its inside, which makes a handle over a transaction's connection, is not what this"
            + " version of txhost knows. Use a Jdbi that txhost was tested with (see its pom). If org.jdbi.v3.core is"
            + " a named module that opens nothing, run with --add-opens org.jdbi.v3.core/org.jdbi.v3.core=io.txhost.jdbi"
            + " (ALL-UNNAMED on the class path).",
        cause);
  }

  /** A raw begin, commit or rollback inside. */
  static TransactionException rawInside(String call, String where) {
    return new TransactionException(
        "TXH-551",
        "handle."
            + call
            + "() refused on thread "
            + ThreadName.here()
            + " inside "
            + where
            + ": the boundary that began the transaction ends it. To undo, throw or call setRollbackOnly() on the current"
            + " transaction; to undo a part, use handle.inTransaction(..), which is a NESTED block here.",
        null);
  }

  /** A transaction call outside. */
  static TransactionException outside(String call, Object host) {
    return new TransactionException(
        "TXH-552",
        "handle."
            + call
            + "() refused on thread "
            + ThreadName.here()
            + ": no transaction of "
            + host
            + " is active here, and each statement commits by itself. Use withTransaction(..), or"
            + " handle.inTransaction(..), which begins one.",
        null);
  }

  /** The state of the connection is the host's. */
  static TransactionException state(String call) {
    return new TransactionException(
        "TXH-553",
        "handle."
            + call
            + "() refused on thread "
            + ThreadName.here()
            + ": the connection's state is the transaction's. Ask for it where a transaction"
            + " begins: in the options of"
            + " withTransaction(..), in @Transactional or in handle.inTransaction(level, ..).",
        null);
  }

  /** As JDBC has it, so that a library's own clean-up runs. */
  static SQLException asSql(TransactionException refusal) {
    return new SQLException(refusal.getMessage(), "2D000", refusal);
  }

  /** A handle of a transaction that is not the active one here. */
  static TransactionException setAside(String what, String own) {
    return new TransactionException(
        "TXH-554",
        what
            + " refused on thread "
            + ThreadName.here()
            + ": this handle belongs to "
            + own
            + ". Here another boundary has set that transaction aside (REQUIRES_NEW,"
            + " withoutTransaction), or this is another thread of the transaction (a task of"
            + " inParallel), which has a handle of its own. Use the handle that host.tx() gives"
            + " here.",
        null);
  }

  static TransactionException blockOver() {
    return new TransactionException(
        "TXH-570",
        "A use of a handle refused on thread "
            + ThreadName.here()
            + ": the handle was closed, or the jdbi.withHandle(..), useHandle(..) or extension that it was got in has"
            + " ended. Do the work inside of it, or ask host.tx() at each use.",
        null);
  }

  static TransactionCompletedException ended(String call, String own) {
    return new TransactionCompletedException(
        "handle."
            + call
            + " refused on thread "
            + ThreadName.here()
            + ": this handle belongs to "
            + own
            + ", which has ended. Ask host.tx() at each use.",
        null);
  }

  static TransactionException taken(Object host, Object other) {
    return new TransactionException(
        "TXH-555",
        "This Jdbi serves "
            + other
            + " already and cannot serve "
            + host
            + " too: jdbi.withHandle(..) could not tell which of them to join. Give each host a Jdbi of its own.",
        null);
  }

  static TransactionException replaced(String what, Object host, Object found) {
    return new TransactionException(
        "TXH-556",
        "The "
            + what
            + " of the Jdbi of "
            + host
            + " was replaced by "
            + found.getClass().getName()
            + ": jdbi.withHandle(..), onDemand and extensions would no longer join. Install plugins and set scopes"
            + " and handlers before JdbiAdapter.over(..) or view(..).",
        null);
  }

  static TransactionException ownHandler(TransactionHandler handler) {
    return new TransactionException(
        "TXH-557",
        "This Jdbi has a transaction handler of its own, "
            + handler.getClass().getName()
            + ", which would be left out, since the host begins and ends transactions. Remove the"
            + " handler. If it repeats transactions, use RetryPolicy instead.",
        null);
  }

  static TransactionException customizesConnections(JdbiPlugin plugin) {
    return new TransactionException(
        "TXH-557",
        "Plugin "
            + plugin.getClass().getName()
            + " customizes connections, but a view's connections come from the JDBC host and"
            + " would never reach the plugin. Use"
            + " JdbiAdapter.over(jdbi), or let the host's DataSource do what the plugin does.",
        null);
  }

  static TransactionException replacedHandle(JdbiPlugin plugin) {
    return new TransactionException(
        "TXH-557",
        "Plugin "
            + plugin.getClass().getName()
            + " hands out another handle in customizeHandle, which is not in the transaction. Return the handle that"
            + " was given.",
        null);
  }

  static TransactionException oneConnection() {
    return new TransactionException(
        "TXH-557",
        "A Jdbi made of one Connection cannot have a host: two transactions at a time would share it. Make it of a"
            + " DataSource.",
        null);
  }

  static TransactionException customizedOutside() {
    return new TransactionException(
        "TXH-557",
        "A plugin's customizeHandle uses the connection, and the handle is used on thread "
            + ThreadName.here()
            + ", where no transaction is active. There each statement of host.tx() has a"
            + " connection of its own, and no connection would keep what the plugin does. Use"
            + " jdbi.withHandle(..), which has one connection, or a transaction. Or do the"
            + " plugin's work in customizeConnection and use JdbiAdapter.over(jdbi), or do it in"
            + " the pool.",
        null);
  }

  static TransactionException openInside(String own) {
    return new TransactionException(
        "TXH-558",
        "jdbi.open() refused on thread "
            + ThreadName.here()
            + " inside "
            + own
            + ": it would open a connection outside of the transaction. Use host.tx() or"
            + " jdbi.withHandle(..), or say host.withoutTransaction(..) around jdbi.open().",
        null);
  }

  static TransactionException openOutside(TransactionRequiredException refusal) {
    return new TransactionRequiredException(
        "jdbi.open() refused on thread "
            + ThreadName.here()
            + ": what its handle does is not seen, and no write is permitted here. jdbi.withHandle(..)"
            + " and host.tx() read here, and write inside host.withTransaction(..). Where each"
            + " statement is to commit by itself, say so with host.withoutTransaction(..) around"
            + " jdbi.open(), or for the whole host with FallbackPolicy.ALLOW.",
        refusal);
  }

  static TransactionException openWithoutAutoCommit(Object host) {
    return new TransactionException(
        "TXH-558",
        "jdbi.open() refused on thread "
            + ThreadName.here()
            + ": this pool's connections have auto-commit off, which Jdbi takes for 'already in a transaction', and"
            + " nothing would commit. Use tx() of "
            + host
            + ", jdbi.withHandle(..) or withTransaction(..); for handles of your own, a Jdbi that has no host.",
        null);
  }

  static TransactionException noIsolation() {
    return new TransactionException(
        "TXH-559",
        "handle.inTransaction(NONE, ..) refused: NONE is no isolation level. Leave it out, or use"
            + " host.withoutTransaction(..).",
        null);
  }

  static TransactionException noHost(@Nullable Object jdbi) {
    return new TransactionException(
        "TXH-559",
        "A handle's transaction call refused: the adapter over "
            + jdbi
            + " has no host yet. Build one with TransactionHost.create(JdbiAdapter.over(jdbi)).",
        null);
  }
}
