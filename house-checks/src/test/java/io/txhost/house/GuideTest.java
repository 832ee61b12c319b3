package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.DetachedTransactionException;
import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/tour.md, run: {@link DocsTest} holds the page to what stands here. */
final class TourTest {
  private static final ContextKey<String> USER = ContextKey.of("user", String.class);

  private final JdbcConnectionPool pool =
      JdbcConnectionPool.create("jdbc:h2:mem:tour;DB_CLOSE_DELAY=-1", "sa", "");
  private final DataSource dataSource = pool;
  private final TransactionHost<Connection> host =
      TransactionHost.create(JdbcAdapter.over(dataSource));
  private final Accounts accounts = new Accounts(host);
  private final List<String> told = new ArrayList<>();

  static final class Accounts {
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
  }

  @BeforeEach
  void twoAccounts() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table account(owner varchar(20) primary key, balance bigint)");
      statement.execute("insert into account values ('ann', 100), ('bob', 0)");
    }
  }

  @AfterEach
  void nothingIsOut() throws SQLException {
    assertThat(pool.getActiveConnections()).isZero();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table account");
    }
    pool.dispose();
  }

  private long balance(String owner) throws SQLException {
    try (Connection connection = pool.getConnection();
        var select = connection.prepareStatement("select balance from account where owner = ?")) {
      select.setString(1, owner);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  @Test
  void aTransferIsOneTransaction() throws SQLException {
    host.withTransaction(
        () -> {
          accounts.add("ann", -10);
          accounts.add("bob", 10);
        });

    assertThat(balance("ann")).isEqualTo(90);
    assertThat(balance("bob")).isEqualTo(10);
  }

  @Test
  void outsideABoundaryAWriteIsRefusedUnlessTheCodeSaysSo() throws SQLException {
    assertThatThrownBy(
            () -> {
              accounts.add("bob", 10); // TransactionRequiredException: nothing was sent
            })
        .isInstanceOf(TransactionRequiredException.class);
    assertThat(balance("bob")).isZero();

    host.withoutTransaction(() -> accounts.add("bob", 10));
    assertThat(balance("bob")).isEqualTo(10);
  }

  @Test
  void aFailureRollsBackAndArrivesUnchanged() throws SQLException {
    var failure = new IllegalStateException("no");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      accounts.add("ann", -10);
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(balance("ann")).isEqualTo(100);
  }

  @Test
  void theResultPassesThrough() throws SQLException {
    String receipt =
        host.withTransaction(
            () -> {
              accounts.add("bob", 5);
              return "ok";
            });
    assertThat(receipt).isEqualTo("ok");
  }

  @Test
  void aNestedBlockIsUndoneAlone() throws SQLException {
    host.withTransaction(
        () -> {
          accounts.add("bob", 10);
          try {
            host.withTransaction(
                Propagation.NESTED,
                () -> {
                  accounts.add("bob", 1_000);
                  throw new IllegalStateException("too much");
                });
          } catch (IllegalStateException e) {
            told.add(e.getMessage());
          }
        });

    assertThat(told).containsExactly("too much");
    assertThat(balance("bob")).isEqualTo(10);
  }

  @Test
  void optionsAreAskedForByName() throws SQLException {
    TransactionOptions transfer =
        TransactionOptions.defaults()
            .name("transfer")
            .timeout(Duration.ofSeconds(5))
            .retry(RetryPolicy.maxAttempts(3));

    host.withTransaction(transfer, () -> accounts.add("bob", 1));

    assertThat(balance("bob")).isEqualTo(1);
  }

  @Test
  void hooksRunAfterTheCommit() throws SQLException {
    host.withTransaction(
        () -> {
          accounts.add("bob", 1);
          Transaction transaction = host.currentTransaction().orElseThrow();
          transaction.afterCommit(() -> told.add("mail sent"));
        });

    assertThat(told).containsExactly("mail sent");
  }

  @Test
  void aTransactionIsEndedByHand() throws SQLException {
    try (var tx = host.begin()) {
      accounts.add("bob", 1);
      tx.commit();
    }

    assertThat(balance("bob")).isEqualTo(1);
  }

  @Test
  void viewsShareOneTransaction() throws SQLException {
    TransactionHost<Handle> jdbi = JdbiAdapter.view(host, Jdbi.create(dataSource));

    host.withTransaction(
        () -> {
          accounts.add("ann", -10);
          jdbi.tx().execute("update account set balance = balance + 10 where owner = 'bob'");
        });

    assertThat(balance("ann")).isEqualTo(90);
    assertThat(balance("bob")).isEqualTo(10);
  }

  @Test
  void valuesTravelAndTheTransactionDoesNot() throws Exception {
    ExecutorService executor = Context.wrap(Executors.newSingleThreadExecutor());
    try {
      Future<String> user =
          Context.call(
              () -> {
                Context.current().set(USER, "ann");
                return executor.submit(() -> Context.current().require(USER));
              });
      Future<?> late =
          host.withTransaction(
              () ->
                  executor.submit(
                      () -> {
                        accounts.add("bob", 1_000);
                        return null;
                      }));

      assertThat(user.get(10, TimeUnit.SECONDS)).isEqualTo("ann");
      assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(DetachedTransactionException.class);
    } finally {
      executor.shutdown();
    }
    assertThat(balance("bob")).isZero();
  }
}
