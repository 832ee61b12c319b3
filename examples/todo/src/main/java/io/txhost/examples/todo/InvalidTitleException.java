package io.txhost.examples.todo;

/**
 * A title that no todo can have. The problem is told to whoever sent it, and does not repeat it.
 */
final class InvalidTitleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  InvalidTitleException(String problem) {
    super(problem);
    this.problem = problem;
  }

  String problem() {
    return problem;
  }
}
