package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** Before Java 25 there is one carrier. The versioned class of the same name knows both. */
final class CarrierChoice {
  private CarrierChoice() {}

  static Carrier of(@Nullable String asked) {
    if (asked == null || asked.equals(ThreadLocalCarrier.NAME)) {
      return new ThreadLocalCarrier();
    }
    return new AbsentCarrier(
        asked,
        "cannot be had on Java "
            + Runtime.version().feature()
            + " with this jar: 'thread-local' can. 'scoped-value' needs Java 25, and a jar whose"
            + " manifest says Multi-Release: true, which a repackaged one may have lost.");
  }
}
