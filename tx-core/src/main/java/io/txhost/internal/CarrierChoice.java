package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** Before Java 25 there is one carrier. The versioned class of the same name knows both. */
final class CarrierChoice {
  private CarrierChoice() {}

  static Carrier of(@Nullable String asked) {
    if (asked == null || asked.equals(ThreadLocalCarrier.NAME)) {
      return new ThreadLocalCarrier();
    }
    throw new IllegalStateException(
        "TXH-401 "
            + Carrier.PROPERTY
            + "="
            + asked
            + " cannot be had on Java "
            + Runtime.version().feature()
            + ": 'thread-local' can; 'scoped-value' needs Java 25");
  }
}
