package io.txhost.context;

/** There is no context where one was needed. */
public class NoActiveContextException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NoActiveContextException(String message) {
    super("TXH-301 " + message);
  }

  /** The entry of {@code docs/troubleshooting.md}; the message starts with it. */
  public final String code() {
    return "TXH-301";
  }
}
