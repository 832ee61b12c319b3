package io.txhost.jdbc;

import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

/** What a connection outside a transaction has made and is open. Safe for use by many threads. */
final class OpenOutside {
  private final Set<AutoCommitGuard> open;

  /**
   * Empty.
   *
   * @param isBlock whether it is of a block, which ends soon
   */
  OpenOutside(boolean isBlock) {
    this.open = isBlock ? ConcurrentHashMap.newKeySet() : weak();
  }

  /** Of a connection that is kept for long: what was forgotten must be collected all the same. */
  private static Set<AutoCommitGuard> weak() {
    return Collections.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));
  }

  void add(AutoCommitGuard guard) {
    open.add(guard);
  }

  void remove(AutoCommitGuard guard) {
    open.remove(guard);
  }

  /** All of them, also where one fails. */
  void closeAll() throws SQLException {
    List<AutoCommitGuard> closing = List.copyOf(open);
    open.removeAll(closing);
    SqlCall.Action.all(closing.stream().map(each -> each::close));
  }
}
