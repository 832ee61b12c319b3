package io.txhost.examples.todo;

/** A title that no todo can have. The message is for whoever sent it, and does not repeat it. */
final class InvalidTitleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidTitleException(String message) {
    super(message);
  }
}
