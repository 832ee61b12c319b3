package io.txhost;

import io.txhost.context.Coded;
import org.jspecify.annotations.Nullable;

/**
 * Something txhost refused or could not do. {@code docs/troubleshooting.md} explains each {@link
 * #code()} with an example and a fix. The exceptions of user code and of the database are never
 * wrapped in it: they leave unchanged.
 */
public class TransactionException extends RuntimeException implements Coded {
  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * For adapters and for the types below it.
   *
   * @param code the entry of {@code docs/troubleshooting.md}, or of the adapter's own documentation
   */
  public TransactionException(String code, String message, @Nullable Throwable cause) {
    super(code + " " + message, cause);
    this.code = code;
  }

  @Override
  public final String code() {
    return code;
  }
}
