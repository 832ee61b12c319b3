package io.txhost.jdbc.testing;

import static io.txhost.test.TranscriptAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Transaction;
import io.txhost.TransactionCommitException;
import io.txhost.UnexpectedRollbackException;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class RolledBackOnPostgreSqlTest extends RolledBack {
  RolledBackOnPostgreSqlTest() {
    super("PostgreSQL");
  }

  @AfterAll
  static void nothingStayed() {
    assertThat(Shop.on("PostgreSQL").committed()).isEqualTo(1);
  }

  @Test
  void aSwallowedFailureOfAStatementIsNoCommit() throws SQLException {
    Shop shop = Shop.on("PostgreSQL");

    assertThatThrownBy(
            () ->
                shop.host.withTransaction(
                    () -> {
                      shop.insert(2);
                      assertThatThrownBy(() -> shop.insert(2)).isInstanceOf(SQLException.class);
                    }))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThat(shop.count()).isEqualTo(2);
  }

  @Test
  void whatIsDeferredIsCheckedAtTheBoundarysCommit() throws SQLException {
    Shop shop = Shop.on("PostgreSQL");
    shop.host.withTransaction(
        () -> {
          try (Statement statement = shop.host.tx().createStatement()) {
            statement.execute("create table late (id int unique deferrable initially deferred)");
          }
        });

    assertThatThrownBy(() -> shop.host.withTransaction(() -> insertTwice(shop)))
        .isInstanceOf(TransactionCommitException.class)
        .satisfies(
            e ->
                assertThat(((TransactionCommitException) e).outcome())
                    .isEqualTo(Transaction.Outcome.ROLLED_BACK));
    assertThatThrownBy(() -> shop.host.withTransaction(() -> insertTwice(shop)))
        .as("deferred again, not immediate now")
        .isInstanceOf(TransactionCommitException.class);
  }

  private static void insertTwice(Shop shop) throws SQLException {
    try (Statement statement = shop.host.tx().createStatement()) {
      statement.executeUpdate("insert into late values (1)");
      statement.executeUpdate("insert into late values (1)");
    }
  }
}
