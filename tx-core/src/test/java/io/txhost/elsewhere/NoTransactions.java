package io.txhost.elsewhere;

import io.txhost.TransactionOptions;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;

/** For programs that begin none. */
public record NoTransactions() implements TransactionAdapter<String> {
  @Override
  public String fallback() {
    return "fallback";
  }

  @Override
  public AdapterTransaction<String> begin(TransactionOptions options, TransactionSignals signals) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return FailureKind.OTHER;
  }
}
