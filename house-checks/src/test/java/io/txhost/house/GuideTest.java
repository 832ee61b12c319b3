package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Isolation;
import io.txhost.OptimisticLockException;
import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.UnexpectedRollbackException;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Code of docs/options.md, propagation.md, hooks-and-events.md and several-databases.md, run.
 * {@link DocsTest} holds the pages to what stands here.
 */
final class GuideTest {
  private final JdbcConnectionPool pool =
      JdbcConnectionPool.create("jdbc:h2:mem:guide;DB_CLOSE_DELAY=-1", "sa", "");
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

    void refuse(String owner) {
      throw new IllegalStateException(owner + " is refused");
    }

    long total() throws SQLException {
      try (var select = host.tx().prepareStatement("select sum(balance) from account");
          ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
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
  void aHostHasDefaultsForAllItsBoundaries() throws SQLException {
    TransactionHost<Connection> host =
        TransactionHost.builder(JdbcAdapter.over(dataSource))
            .defaultOptions(TransactionOptions.defaults().timeout(Duration.ofSeconds(10)))
            .build();

    host.withTransaction(
        () ->
            assertThat(host.currentTransaction().orElseThrow().remainingTime().orElseThrow())
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10)));
  }

  @Test
  void aReportReadsAndDoesNotWrite() throws SQLException {
    TransactionOptions report =
        TransactionOptions.defaults().readOnly(true).isolation(Isolation.SERIALIZABLE);

    long total = host.withTransaction(report, () -> accounts.total());

    assertThat(total).isEqualTo(100);
    assertThatThrownBy(() -> host.withTransaction(report, () -> accounts.add("bob", 1)))
        .isInstanceOf(SQLException.class);
  }

  /** A failure that is no reason to undo what was done. */
  static final class NoReceipt extends Exception {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aFailureThatIsExceptedCommits() throws SQLException {
    TransactionOptions lenient = TransactionOptions.defaults().noRollbackFor(NoReceipt.class);

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    lenient,
                    () -> {
                      accounts.add("bob", 10);
                      throw new NoReceipt(); // the ten are kept, and the caller gets NoReceipt
                    }))
        .isInstanceOf(NoReceipt.class);
    assertThat(balance("bob")).isEqualTo(10);
  }

  @Test
  void codeGivesUpWithoutAnException() throws SQLException {
    boolean enough =
        host.withTransaction(
            () -> {
              accounts.add("ann", -1_000);
              if (accounts.total() < 0) {
                host.currentTransaction().orElseThrow().setRollbackOnly();
                return false;
              }
              return true;
            });

    assertThat(enough).isFalse();
    assertThat(balance("ann")).isEqualTo(100);
  }

  /** What a service returns in place of an exception. */
  record Result(boolean ok) {}

  @Test
  void aResultThatMeansFailureRollsBack() throws SQLException {
    TransactionHost<Connection> host =
        TransactionHost.builder(JdbcAdapter.over(dataSource))
            .rollbackIf(Result.class, result -> !result.ok())
            .build();
    Accounts accounts = new Accounts(host);

    Result result =
        host.withTransaction(
            () -> {
              accounts.add("bob", 10);
              return new Result(false);
            });

    assertThat(result.ok()).isFalse();
    assertThat(balance("bob")).isZero();
  }

  @Test
  void aRetryIsToldWhatToRepeat() {
    RetryPolicy patient =
        RetryPolicy.maxAttempts(5)
            .initialDelay(Duration.ofMillis(50))
            .maxDelay(Duration.ofSeconds(2))
            .alsoOn(OptimisticLockException.class)
            .alsoOnSqlState("55P03"); // PostgreSQL: a lock was not to be had

    int[] runs = {0};
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().retry(patient.initialDelay(Duration.ZERO)),
                    () -> {
                      runs[0]++;
                      throw new OptimisticLockException("changed", null);
                    }))
        .isInstanceOf(OptimisticLockException.class);
    assertThat(runs[0]).isEqualTo(5);
  }

  private void keepABonusAndFail() throws SQLException {
    host.withTransaction(
        () -> {
          host.withTransaction(Propagation.REQUIRES_NEW, () -> accounts.add("bob", 1)); // is kept
          accounts.add("ann", -10);
          throw new IllegalStateException("no"); // undoes ann's ten alone
        });
  }

  @Test
  void anotherTransactionIsKeptWhateverBecomesOfTheOuterOne() throws SQLException {
    assertThatThrownBy(this::keepABonusAndFail).isInstanceOf(IllegalStateException.class);

    assertThat(balance("ann")).isEqualTo(100);
    assertThat(balance("bob")).isEqualTo(1);
  }

  private void swallow() throws SQLException {
    host.withTransaction( // UnexpectedRollbackException
        () -> {
          accounts.add("bob", 10);
          try {
            host.withTransaction(() -> accounts.refuse("bob")); // joins, and throws
          } catch (IllegalStateException e) {
            told.add("swallowed");
          }
        });
  }

  @Test
  void aSwallowedFailureIsReported() throws SQLException {
    assertThatThrownBy(this::swallow)
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(told).containsExactly("swallowed");
    assertThat(balance("bob")).isZero();
  }

  @Test
  void eachHookHasItsMoment() throws SQLException {
    host.withTransaction(
        () -> {
          accounts.add("bob", 1);
          Transaction transaction = host.currentTransaction().orElseThrow();
          transaction.beforeCommit(() -> accounts.add("ann", -1)); // inside, and may fail
          transaction.afterCommit(() -> told.add("mail sent"));
          transaction.afterRollback(() -> told.add("nothing sent"));
          transaction.afterCompletion(outcome -> told.add(outcome.name()));
        });

    assertThat(told).containsExactly("mail sent", "COMMITTED");
    assertThat(balance("ann")).isEqualTo(99);
  }

  @Test
  void aHookThatWritesHasATransactionOfItsOwn() throws SQLException {
    host.withTransaction(
        () -> {
          accounts.add("bob", 1);
          Transaction transaction = host.currentTransaction().orElseThrow();
          transaction.afterCommit(() -> host.withTransaction(() -> accounts.add("ann", 1)));
        });

    assertThat(balance("ann")).isEqualTo(101);
  }

  @Test
  void hostsOfTwoDatabasesAreIndependent() throws SQLException {
    JdbcConnectionPool auditPool = JdbcConnectionPool.create("jdbc:h2:mem:audit", "sa", "");
    try (Connection stays = auditPool.getConnection()) {
      stays.createStatement().execute("create table note(text varchar(40))");

      TransactionHost<Connection> orders =
          TransactionHost.builder(JdbcAdapter.over(dataSource)).name("orders").build();
      TransactionHost<Connection> audit =
          TransactionHost.builder(JdbcAdapter.over(auditPool)).name("audit").build();
      Accounts accounts = new Accounts(orders);

      orders.withTransaction(
          () -> {
            accounts.add("bob", 10);
            audit.withTransaction(() -> note(audit, "bob got 10")); // commits here, by itself
          });

      TransactionHosts hosts = TransactionHosts.of(orders, audit);
      assertThat(hosts.get("audit")).isSameAs(audit);
      assertThatThrownBy(() -> orders.withTransaction(() -> note(audit, "beside")))
          .isInstanceOf(TransactionRequiredException.class);

      orders.withTransaction(
          () -> {
            accounts.add("bob", 10);
            Transaction transaction = orders.currentTransaction().orElseThrow();
            transaction.afterCommit(() -> audit.withTransaction(() -> note(audit, "bob got 10")));
          });
      var rows = stays.createStatement().executeQuery("select count(*) from note");
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(2);
    } finally {
      auditPool.dispose();
    }
  }

  private static void note(TransactionHost<Connection> audit, String text) throws SQLException {
    try (var insert = audit.tx().prepareStatement("insert into note values (?)")) {
      insert.setString(1, text);
      insert.executeUpdate();
    }
  }
}
