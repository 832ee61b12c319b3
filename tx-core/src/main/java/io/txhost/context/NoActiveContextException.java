package io.txhost.context;

/** There is no context where one was needed. */
public class NoActiveContextException extends IllegalStateException implements Coded {
  private static final long serialVersionUID = 1L;

  NoActiveContextException(String message) {
    super("TXH-301 " + message);
  }

  @Override
  public final String code() {
    return "TXH-301";
  }
}
