package io.txhost.jdbc;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FallbackSignals;
import java.sql.Connection;
import java.util.List;

/**
 * What takes a connection outside a transaction.
 *
 * @param what for messages
 */
record OutsideTaker(FallbackSignals<Connection> signals, String what) implements Taker {

  static OutsideTaker statement(FallbackSignals<Connection> signals) {
    return new OutsideTaker(signals, "a statement outside a transaction");
  }

  static OutsideTaker block(FallbackSignals<Connection> signals) {
    return new OutsideTaker(signals, "a block outside a transaction");
  }

  @Override
  public List<AdapterTransaction<?>> transactionsAround() {
    return signals.transactionsAround();
  }

  @Override
  public String toString() {
    return what;
  }
}
