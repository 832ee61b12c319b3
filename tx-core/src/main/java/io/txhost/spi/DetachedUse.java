package io.txhost.spi;

import org.jspecify.annotations.Nullable;

/**
 * A use of a host by work that fell out of a transaction: it was handed over inside one, and runs
 * where the transaction does not reach. The use was refused.
 *
 * @implSpec Implemented by the host, and by tests of listeners: methods may be added.
 */
public interface DetachedUse {

  /** The host's name. */
  String host();

  /** What was refused, such as "tx()" or the name of a boundary. */
  String what();

  /** The name of the boundary that the work was handed over in. */
  String boundary();

  /** The transaction there, as messages name it; null where it was set aside. */
  @Nullable String transaction();

  /** The thread that handed the work over, as messages name it. */
  String from();
}
