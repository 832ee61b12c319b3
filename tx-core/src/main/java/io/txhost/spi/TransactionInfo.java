package io.txhost.spi;

/** Which transaction an event is about. */
public interface TransactionInfo {

  /** A number unique in this process. */
  long id();

  /** The transaction's name. */
  String name();

  /** The host's name. */
  String host();
}
