package io.txhost.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * The server may have no transaction any more, or another one.
 *
 * @param failure what raised it, null if nothing failed
 * @param isMarked whether a savepoint was set before it, which tells also of another transaction
 */
record SuspectedLoss(@Nullable Throwable failure, boolean isMarked) {

  Throwable cause(Throwable otherwise) {
    return failure == null ? otherwise : failure;
  }
}
