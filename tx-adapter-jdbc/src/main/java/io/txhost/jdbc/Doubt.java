package io.txhost.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The server may have no transaction any more, or another one. It is asked before the next
 * statement or COMMIT, and only then: a rollback need not know.
 *
 * @param cause what raised it, null if nothing failed
 * @param isMarked whether {@link #MARK} was set before it: the savepoint tells whether it is still
 *     the same transaction, where another may have been begun
 */
record Doubt(@Nullable Throwable cause, boolean isMarked) {

  /** A savepoint's name. */
  static final String MARK = "txh_mark";

  /** MariaDB's answer where a savepoint does not exist. */
  static final int NO_SUCH_SAVEPOINT = 1305;
}
