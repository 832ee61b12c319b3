package io.txhost.context;

/** A required key has no value in the context. */
public class MissingContextValueException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  MissingContextValueException(String message) {
    super("TXH-302 " + message);
  }

  /** The entry of {@code docs/troubleshooting.md}; the message starts with it. */
  public final String code() {
    return "TXH-302";
  }
}
