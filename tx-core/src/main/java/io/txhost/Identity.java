package io.txhost;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What tells one transaction from all others, for messages and listeners. Most are never asked.
 * What only listeners need is kept here, too, so that a transaction nobody listens to is no larger.
 */
final class Identity {
  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final long startedAt = System.currentTimeMillis();
  private final @Nullable Audience audience;

  /** Which attempt of its work it is. Written before anybody asks. */
  int attempt = 1;

  /** When the call that is under way began. Written and read in turn. */
  long executingSince;

  /**
   * @param audience the listeners that hear of it, if there are any
   */
  Identity(@Nullable Audience audience) {
    this.audience = audience;
  }

  long id() {
    return id;
  }

  /** In milliseconds; for listeners it is made at the start. */
  long startedAt() {
    return startedAt;
  }

  @Nullable Audience audience() {
    return audience;
  }
}
