package io.txhost.internal;

import org.jspecify.annotations.Nullable;

/** From Java 25 on: scoped values, unless thread-locals are asked for. */
final class CarrierChoice {
  private CarrierChoice() {}

  static Carrier of(@Nullable String asked) {
    if (asked == null || asked.equals(ScopedValueCarrier.NAME)) {
      return new ScopedValueCarrier();
    }
    if (asked.equals(ThreadLocalCarrier.NAME)) {
      return new ThreadLocalCarrier();
    }
    return new AbsentCarrier(asked, "is neither 'scoped-value' nor 'thread-local'.");
  }
}
