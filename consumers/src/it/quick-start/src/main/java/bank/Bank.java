package bank;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** Puts the application together. */
final class Bank {
  final Accounts accounts;
  final Transfers transfers;

  Bank(DataSource dataSource) {
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(dataSource));
    accounts = new Accounts(host);
    transfers = new Transfers(host, accounts);
  }

  static void createTables(DataSource dataSource) throws SQLException {
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create table account (owner varchar(20) primary key, balance bigint)");
      statement.execute("insert into account values ('ann', 100), ('bob', 0)");
    }
  }

  public static void main(String[] args) throws SQLException {
    DataSource dataSource =
        JdbcConnectionPool.create("jdbc:h2:mem:bank;DB_CLOSE_DELAY=-1", "sa", "");
    createTables(dataSource);
    Bank bank = new Bank(dataSource);

    bank.transfers.transfer("ann", "bob", 10);
    try {
      bank.transfers.transfer("ann", "bob", 1_000);
    } catch (IllegalStateException e) {
      System.out.println("Refused: " + e.getMessage());
    }
    System.out.println("ann has " + bank.accounts.balanceOf("ann"));
    System.out.println("bob has " + bank.accounts.balanceOf("bob"));
  }
}
