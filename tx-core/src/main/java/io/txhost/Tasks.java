package io.txhost;

/** What a task belongs to, as its boundaries ask it. Its text says what and where it is. */
interface Tasks {

  /** Whether what is still running is to stop. */
  boolean isCancelled();

  /** Whether nobody waits for it any more. */
  boolean isGivenUp();

  /** How the task is called in messages. */
  String nameOf(int task);
}
