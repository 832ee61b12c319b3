package io.txhost.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was sent in a transaction.
 *
 * @implSpec Implemented by the host, and by tests of listeners: methods may be added.
 */
public interface ExecutedStatement {

  /** Its text, as it was prepared: with {@code ?} for each parameter, and no values of those. */
  String sql();

  /** How many statements a batch had; 1 for a statement outside of a batch. */
  int count();

  /** How long the driver's call took. Rows that are fetched later are not included. */
  Duration duration();

  /** Why it failed; null if it succeeded. */
  @Nullable Throwable failure();
}
