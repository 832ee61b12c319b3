package io.txhost.spring.tx;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.util.StringUtils;

/** What Spring asks of a transaction that it begins, in the host's words. */
final class Definitions {
  private Definitions() {}

  /**
   * Whether anything is to be joined Spring has decided before.
   *
   * @param seconds the timeout; less than 0 if there is none
   * @param unnamed what it is called where Spring has no name
   */
  static TransactionOptions options(
      TransactionDefinition asked, int seconds, Supplier<String> unnamed) {
    TransactionOptions options =
        TransactionOptions.defaults().propagation(Propagation.REQUIRES_NEW);
    Isolation isolation = Isolations.of(asked.getIsolationLevel());
    if (isolation != Isolation.DEFAULT) {
      options = options.isolation(isolation);
    }
    if (asked.isReadOnly()) {
      options = options.readOnly(true);
    }
    if (seconds >= 0) { // 0 is over at once
      options = options.timeout(seconds == 0 ? Duration.ofNanos(1) : Duration.ofSeconds(seconds));
    }
    String name = asked.getName();
    return options.name(StringUtils.hasText(name) ? name : unnamed.get());
  }
}
