package io.txhost.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.txhost.PoolDeadlockException;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.TestDataSource;
import io.txhost.test.TxTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The data source below is a pool, of one connection. */
@TxTest
final class PooledTest {
  private static final Database DATABASE = Database.h2();
  private static final HikariDataSource POOL = pool();
  private static final TransactionHost<Connection> HOST =
      TransactionHost.create(JdbcAdapter.over(TestDataSource.over(POOL)));

  private static HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(DATABASE.dataSource());
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(5_000);
    return new HikariDataSource(config);
  }

  @BeforeAll
  static void createTheTable() throws SQLException {
    HOST.withoutTransaction(() -> execute("create table orders (id int)"));
  }

  @AfterAll
  static void theConnectionIsBackAndNothingStayed() throws SQLException {
    assertThat(POOL.getHikariPoolMXBean().getActiveConnections()).isZero();
    assertThat(count()).isZero();
    POOL.close();
    DATABASE.close();
  }

  private static void execute(String sql) throws SQLException {
    try (Statement statement = HOST.tx().createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count() throws SQLException {
    try (Statement statement = HOST.tx().createStatement();
        var rows = statement.executeQuery("select count(*) from orders")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @RepeatedTest(2)
  void itsOneConnectionIsEnough() throws SQLException {
    HOST.withTransaction(() -> execute("insert into orders values (1)"));
    HOST.withTransaction(
        () -> {
          execute("insert into orders values (2)");
          HOST.withTransaction(Propagation.NESTED, () -> execute("insert into orders values (3)"));
        });
    assertThat(count()).isEqualTo(3);
    assertThat(POOL.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
  }

  @Test
  void aSecondTransactionInsideIsRefusedAtOnceAsInProduction() throws SQLException {
    assertThatThrownBy(
            () ->
                HOST.withTransaction(
                    () -> {
                      count();
                      HOST.withTransaction(Propagation.REQUIRES_NEW, PooledTest::count);
                    }))
        .isInstanceOf(PoolDeadlockException.class);
    assertThat(count()).isZero();
  }
}
