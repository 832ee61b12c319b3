package io.txhost.context;

/** A required key has no value in the context. */
public class MissingContextValueException extends IllegalStateException implements Coded {
  private static final long serialVersionUID = 1L;

  MissingContextValueException(String message) {
    super("TXH-302 " + message);
  }

  @Override
  public final String code() {
    return "TXH-302";
  }
}
