package io.txhost.examples.todo.waterfall;

import io.txhost.examples.todo.waterfall.Event.Lane;
import java.util.List;

/**
 * Something that took time, within the time of what it is a part of.
 *
 * @param label a name or a statement, as it was told
 * @param note why it ended so; may be empty
 * @param from in ns since the request began
 * @param to in ns since the request began
 * @param parts those within it, in the order in which they were told
 */
record Bar(
    Kind kind,
    String label,
    Outcome outcome,
    String note,
    Lane thread,
    long from,
    long to,
    List<Bar> parts) {

  enum Kind {
    REQUEST,
    TRANSACTION,
    SAVEPOINT,
    CONNECTION,
    STATEMENT,
    WAIT_FOR_CONNECTION,
    WAIT_FOR_TURN,
    /** Another boundary runs, and this transaction does not. */
    ASIDE,
    /** The pause before the next attempt. */
    PAUSE,
    /** Work that fell out of a transaction was refused something: a moment. */
    DETACHED
  }

  enum Outcome {
    /** It is one of those that only end. */
    NONE,
    OPEN,
    ANSWERED,
    FAILED,
    COMMITTED,
    ROLLED_BACK,
    UNKNOWN,
    KEPT,
    UNDONE
  }

  long took() {
    return to - from;
  }
}
