package io.txhost.examples.todo;

/** A body that went on beyond its limit. */
final class BodyTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BodyTooLargeException(int maxBytes) {
    super("The body is larger than " + maxBytes / 1024 + " KB");
  }
}
