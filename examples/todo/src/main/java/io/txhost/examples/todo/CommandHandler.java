package io.txhost.examples.todo;

/**
 * Carries out one kind of command.
 *
 * @param <C> the command
 * @param <R> what comes of it
 */
public interface CommandHandler<C, R> {

  /** Carries the command out, wholly or not at all. */
  R execute(C command);
}
