package io.txhost.observe;

import java.time.Duration;
import java.time.Instant;

/**
 * A transaction that is open, as it was at one moment.
 *
 * @param id a number unique in this process, as in messages
 * @param name the transaction's name
 * @param host the host's name
 * @param readOnly whether it was begun read-only
 * @param attempt which attempt of its work it is, from 1
 * @param startedAt when it began, by the system's clock
 * @param age how long it has been open
 * @param thread the thread that opened it
 * @param connectionHeld whether it has a connection
 * @param heldFor how long it has had its connection; zero without a connection
 * @param statements how many statements it has sent, a batch as one
 * @param unusedFor how long ago its last statement began or ended, or its connection was taken; its
 *     age if it has done nothing yet
 * @param waitingFor what it waits for
 */
public record OpenTransaction(
    long id,
    String name,
    String host,
    boolean readOnly,
    int attempt,
    Instant startedAt,
    Duration age,
    String thread,
    boolean connectionHeld,
    Duration heldFor,
    int statements,
    Duration unusedFor,
    Waiting waitingFor) {

  /** What a transaction waits for. */
  public enum Waiting {
    /** A connection of the pool. */
    CONNECTION("a connection"),
    /** The answer to a statement. */
    DATABASE("the database"),
    /** Its turn: another thread, or a NESTED block, has the connection to itself. */
    TURN("a turn"),
    /** The connection of another transaction, which its thread has opened inside of it. */
    CONNECTION_OF_ANOTHER("the connection of a transaction inside of it"),
    /** The end of what has set it aside: REQUIRES_NEW, or work without a transaction. */
    WHAT_SET_IT_ASIDE("what set it aside"),
    /** Nothing of the database's: its own code runs, or waits for something else. */
    ITS_OWN_CODE("its own code");

    private final String words;

    Waiting(String words) {
      this.words = words;
    }

    /** In words, such as "the database". */
    @Override
    public String toString() {
      return words;
    }
  }
}
