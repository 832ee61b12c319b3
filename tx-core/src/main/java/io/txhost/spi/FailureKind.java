package io.txhost.spi;

/** What an adapter knows of a failure. */
public enum FailureKind {
  /** The whole transaction, run again, may succeed: a deadlock, a serialization failure. */
  TRANSIENT,
  /** The server gave the transaction up and running it again is not known to help. */
  LOST,
  /** Anything else. */
  OTHER
}
