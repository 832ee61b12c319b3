package bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.txhost.TransactionRequiredException;
import io.txhost.test.NothingLeftBehind;
import java.sql.SQLException;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeftBehind.class) // fails a test that leaves a transaction open
class BankTest {
  private final JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:test", "sa", "");
  private final Bank bank = new Bank(pool);

  @BeforeEach
  void createTables() throws SQLException {
    Bank.createTables(pool);
  }

  @AfterEach
  void closePool() {
    pool.dispose();
  }

  @Test
  void aTransferIsKept() throws SQLException {
    bank.transfers.transfer("ann", "bob", 10);

    assertEquals(90, bank.accounts.balanceOf("ann"));
    assertEquals(10, bank.accounts.balanceOf("bob"));
  }

  @Test
  void aTransferThatFailsIsUndone() throws SQLException {
    assertThrows(IllegalStateException.class, () -> bank.transfers.transfer("ann", "bob", 1_000));

    assertEquals(100, bank.accounts.balanceOf("ann"));
    assertEquals(0, bank.accounts.balanceOf("bob"));
  }

  @Test
  void aWriteOutsideATransactionIsRefused() throws SQLException {
    assertThrows(TransactionRequiredException.class, () -> bank.accounts.add("bob", 10));

    assertEquals(0, bank.accounts.balanceOf("bob"));
  }
}
