package io.txhost.spi;

import io.txhost.Isolation;
import java.time.Instant;

/**
 * Which transaction an event is about.
 *
 * @implSpec Implemented by the host, and by tests of listeners: methods may be added.
 */
public interface TransactionInfo {

  /** A number unique in this process. */
  long id();

  /** The transaction's name. */
  String name();

  /** The host's name. */
  String host();

  /** Whether it was begun read-only. */
  boolean isReadOnly();

  /** The isolation that is in force, as far as the adapter knows. */
  Isolation isolation();

  /** When its boundary began it, by the system's clock. */
  Instant startedAt();

  /** How many NESTED blocks are open in it. */
  int nesting();

  /**
   * Which attempt of its work it is, from 1. Each attempt is a transaction of its own.
   *
   * @implSpec 1
   */
  default int attempt() {
    return 1;
  }

  /**
   * Whether it is around one statement outside of transactions, which a host with {@code onBegin}
   * hooks begins. Then no code of the user's runs inside of it, and its end may come late, on
   * another thread: when the statement's results are closed.
   *
   * @implSpec false
   */
  default boolean isOfOneStatement() {
    return false;
  }
}
