package bank;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;

/** Says where a transaction starts and ends. */
final class Transfers {
  private final TransactionHost<Connection> host;
  private final Accounts accounts;

  Transfers(TransactionHost<Connection> host, Accounts accounts) {
    this.host = host;
    this.accounts = accounts;
  }

  void transfer(String from, String to, long amount) throws SQLException {
    host.withTransaction(
        () -> {
          accounts.add(from, -amount);
          accounts.add(to, amount);
          if (accounts.balanceOf(from) < 0) {
            throw new IllegalStateException(from + " has too little");
          }
        });
  }
}
