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
}
