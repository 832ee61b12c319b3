package io.txhost;

/**
 * A child waited for its turn in the transaction that it shares, and nobody ahead of it was served
 * for so long that two seem to wait for each other. Nothing was sent.
 */
public final class TurnNotGivenException extends TransactionException {
  private static final long serialVersionUID = 1L;

  /** For the engine. */
  TurnNotGivenException(String message) {
    super("TXH-119", message, null);
  }
}
