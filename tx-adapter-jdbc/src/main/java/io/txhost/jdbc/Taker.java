package io.txhost.jdbc;

import io.txhost.spi.AdapterTransaction;
import java.util.ArrayList;
import java.util.List;

/** Who takes a connection of the pool. Its {@code toString} names it in messages. */
interface Taker {

  /** The transactions that the calling code is inside of. */
  List<AdapterTransaction<?>> transactionsAround();

  /** What holds connections for those of this adapter; without the one that takes its own. */
  default List<Holder> around() {
    List<Holder> found = new ArrayList<>(1);
    for (AdapterTransaction<?> each : transactionsAround()) {
      if (each instanceof Holder ours && ours != this) {
        found.add(ours);
      }
    }
    return found;
  }
}
