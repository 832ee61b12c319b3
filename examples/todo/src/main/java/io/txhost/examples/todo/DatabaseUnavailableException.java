package io.txhost.examples.todo;

/** The application cannot start without its database. */
final class DatabaseUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * The problem and what to do about it, both for the person who starts the application; the
   * message names no password.
   */
  DatabaseUnavailableException(String message, String action, Throwable cause) {
    super(message, cause);
    this.action = action;
  }

  String action() {
    return action;
  }
}
