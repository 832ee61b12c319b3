package bank;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.SQLException;

/** Asks for the current transaction. */
final class Accounts {
  private final TransactionHost<Connection> host;

  Accounts(TransactionHost<Connection> host) {
    this.host = host;
  }

  void add(String owner, long amount) throws SQLException {
    try (var update =
        host.tx().prepareStatement("update account set balance = balance + ? where owner = ?")) {
      update.setLong(1, amount);
      update.setString(2, owner);
      update.executeUpdate();
    }
  }

  long balanceOf(String owner) throws SQLException {
    try (var select = host.tx().prepareStatement("select balance from account where owner = ?")) {
      select.setString(1, owner);
      try (var row = select.executeQuery()) {
        row.next();
        return row.getLong("balance");
      }
    }
  }
}
