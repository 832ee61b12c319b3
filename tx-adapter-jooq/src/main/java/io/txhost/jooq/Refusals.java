package io.txhost.jooq;

import io.txhost.TransactionCompletedException;
import io.txhost.TransactionException;
import io.txhost.spi.ThreadName;
import org.jooq.TransactionProvider;

/** What this adapter refuses, in words. */
final class Refusals {
  private Refusals() {}

  static TransactionException noDialect() {
    return new TransactionException(
        "TXH-560",
        "A jOOQ Configuration of dialect DEFAULT refused: jOOQ only prints SQL with it. Name the database's, such as"
            + " SQLDialect.POSTGRES.",
        null);
  }

  static TransactionException taken(Object host, Object found) {
    return new TransactionException(
        "TXH-561",
        "This jOOQ Configuration cannot serve "
            + host
            + ": it has the "
            + found
            + " already, and a DSLContext of it could not tell which of them to join. Give each host a Configuration of"
            + " its own, such as configuration.derive() made before the first.",
        null);
  }

  static TransactionException ownTransactions(TransactionProvider provider) {
    return new TransactionException(
        "TXH-562",
        "This jOOQ Configuration has a transaction provider of its own, "
            + provider.getClass().getName()
            + ", which would be left out, since the host begins and ends transactions. Take it out first:"
            + " configuration.set((TransactionProvider) null).",
        null);
  }

  static TransactionException changed(String part, Object found) {
    return new TransactionException(
        "TXH-568",
        "A use of a jOOQ Configuration refused on thread "
            + ThreadName.here()
            + ": its "
            + part
            + " was replaced by "
            + found.getClass().getName()
            + " after its host was built, so its statements would no longer join. Set everything before JooqAdapter.over(..) or"
            + " view(..); for a Configuration of your own beside the host use configuration.derive(..).",
        null);
  }

  static TransactionException unguarded(Object listeners) {
    return new TransactionException(
        "TXH-569",
        "dsl.transaction(..) refused on thread "
            + ThreadName.here()
            + ": its Configuration has a TransactionListener that was set after the host was built ("
            + listeners.getClass().getName()
            + "). If the listener throws, jOOQ would leave the transaction open. Set the"
            + " listener before JooqAdapter.over(..) or view(..), or call transaction(..) on host.tx() or JooqAdapter.dsl(host).",
        null);
  }

  static TransactionException otherConnections(Object found) {
    return new TransactionException(
        "TXH-580",
        "dsl.transaction(..) refused on thread "
            + ThreadName.here()
            + ": it would begin a transaction of the host, but the statements of its Configuration run on a "
            + found.getClass().getName()
            + ". Derive a Configuration with other connections before the host is built, or give the derived one a"
            + " transaction provider of its own.",
        null);
  }

  static TransactionException delayedAround() {
    return new TransactionException(
        "TXH-581",
        "A statement of dsl.batched(..) refused on thread "
            + ThreadName.here()
            + ": it is in a NESTED block. dsl.batched(..) began around the block and has delayed"
            + " statements, which would be undone with the block. Begin dsl.batched(..) inside"
            + " the block. Or begin the block by batched.dsl().transaction(..), which sends the"
            + " delayed statements first.",
        null);
  }

  static String notClosed(Object host) {
    return "TXH-582 What an execution of jOOQ's outside a transaction had on "
        + host
        + " could not be closed. Its connection has gone back, or was thrown away.";
  }

  static TransactionException r2dbc(String factory) {
    return new TransactionException(
        "TXH-562",
        "This jOOQ Configuration has an R2DBC connection factory, "
            + factory
            + ": what is subscribed to through it would be in no transaction of the host. Give the host a Configuration"
            + " without.",
        null);
  }

  /** A context, or a query of it, that is not of the transaction which is active here. */
  static TransactionException elsewhere(String what, String transaction) {
    return new TransactionException(
        "TXH-563",
        what
            + " refused on thread "
            + ThreadName.here()
            + ": its DSLContext belongs to transaction '"
            + transaction
            + "', which is not the active one here: it is set aside, or belongs to another"
            + " thread. Ask host.tx() at each use, also in each task of inParallel. For work on"
            + " another thread open a boundary there.",
        null);
  }

  static TransactionCompletedException ended(String what, String transaction) {
    return new TransactionCompletedException(
        what
            + " refused on thread "
            + ThreadName.here()
            + ": its DSLContext belongs to transaction '"
            + transaction
            + "', which has ended. Ask host.tx() at each use, or keep JooqAdapter.dsl(host), which joins whatever is"
            + " active.",
        null);
  }

  static TransactionException publisher() {
    return new TransactionException(
        "TXH-564",
        "dsl.transactionPublisher(..) refused on thread "
            + ThreadName.here()
            + ": it would begin a transaction wherever and whenever it is subscribed to. Use dsl.transactionResult(..)"
            + " or host.withTransaction(..).",
        null);
  }

  static TransactionException unknownProperty(Object property) {
    return new TransactionException(
        "TXH-565",
        "dsl.transaction(..) refused: what it asks for with a "
            + property.getClass().getName()
            + " is not known here. Known are jOOQ's Isolation and Readonly; for the rest use host.withTransaction(..).",
        null);
  }

  static TransactionException noHost() {
    return new TransactionException(
        "TXH-566",
        "A statement or transaction of a jOOQ adapter that has no host refused. Build one with"
            + " TransactionHost.create(JooqAdapter.over(..)).",
        null);
  }

  static TransactionException notOurs(Object host) {
    return new TransactionException(
        "TXH-567",
        "JooqAdapter.dsl(..) refused: "
            + host
            + " does not show JooqAdapter's DSLContexts. Hand over the one that JooqAdapter.view(..) gave, or a host over"
            + " JooqAdapter.over(..).",
        null);
  }
}
