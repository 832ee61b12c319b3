package io.txhost.examples.todo;

/** Channels that nothing can be published on. The problem is told to whoever sent them. */
final class InvalidChannelsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  InvalidChannelsException(String problem) {
    super(problem);
    this.problem = problem;
  }

  String problem() {
    return problem;
  }
}
