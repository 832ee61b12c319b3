package io.txhost.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.DetachedTransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.context.Context;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One program, here and on Spring's transactions: inside a transaction it inserts a row and hands a
 * task to an executor, which inserts another when the transaction has ended. {@code docs/why.md}
 * says what this asserts.
 */
@ExtendWith(NothingLeftBehind.class)
@Timeout(300)
class LateTaskTest {
  private final ExecutorService pool = Executors.newSingleThreadExecutor();

  @AfterEach
  void nothingIsLeftOnTheWorkerAndItEnds() throws Exception { // C7
    assertThat(pool.submit(Context::isActive).get(30, TimeUnit.SECONDS)).isFalse();
    pool.shutdownNow();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  /** What the program is written against. */
  private interface Side {
    void inTransaction(Runnable work);

    void insert(String label);
  }

  private record TxHost(TransactionHost<Connection> host) implements Side {
    static TxHost over(DataSource dataSource) {
      return new TxHost(TransactionHost.builder(JdbcAdapter.over(dataSource)).build());
    }

    @Override
    public void inTransaction(Runnable work) {
      host.withTransaction(work::run);
    }

    @Override
    public void insert(String label) {
      try (PreparedStatement statement = host.tx().prepareStatement(INSERT)) {
        statement.setString(1, label);
        statement.executeUpdate();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private record Spring(TransactionTemplate template, JdbcTemplate statements) implements Side {
    static Spring over(DataSource dataSource) {
      return new Spring(
          new TransactionTemplate(new JdbcTransactionManager(dataSource)),
          new JdbcTemplate(dataSource));
    }

    @Override
    public void inTransaction(Runnable work) {
      template.executeWithoutResult(status -> work.run());
    }

    @Override
    public void insert(String label) {
      statements.update(INSERT, label);
    }
  }

  private static final String INSERT = "insert into item (label) values (?)";

  /** Why the transaction rolls back. */
  private static final class NoStock extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What the late task threw, and what is in the table after all. */
  private record Outcome(Throwable thrown, List<String> rows) {}

  private static Outcome run(DataSource dataSource, boolean rollsBack, Side side, Executor executor)
      throws Exception {
    execute(dataSource, "delete from item");
    CountDownLatch ended = new CountDownLatch(1);
    FutureTask<Void> late =
        new FutureTask<>(
            () -> {
              assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
              side.insert("late");
              return null;
            });
    boolean rolledBack = false;
    try {
      side.inTransaction(
          () -> {
            side.insert("order");
            executor.execute(late);
            if (rollsBack) {
              throw new NoStock();
            }
          });
    } catch (NoStock e) {
      rolledBack = true;
    }
    assertThat(rolledBack).isEqualTo(rollsBack);
    ended.countDown();
    return new Outcome(thrownBy(late), labels(dataSource));
  }

  private static Throwable thrownBy(FutureTask<Void> task) throws Exception {
    try {
      task.get(60, TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  private static void execute(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> labels(DataSource dataSource) throws SQLException {
    List<String> labels = new ArrayList<>();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select label from item order by label")) {
      while (rows.next()) {
        labels.add(rows.getString(1));
      }
    }
    return labels;
  }

  private Executor decorated() {
    ContextPropagatingTaskDecorator decorator = new ContextPropagatingTaskDecorator();
    return task -> pool.execute(decorator.decorate(task));
  }

  private static void assertRefused(
      Outcome outcome, Class<? extends Throwable> how, List<String> rows) {
    assertThat(outcome.thrown()).isInstanceOf(how);
    assertThat(outcome.rows()).isEqualTo(rows);
  }

  private static void assertWrittenSilently(Outcome outcome, List<String> rows) {
    assertThat(outcome.thrown()).isNull();
    assertThat(outcome.rows()).isEqualTo(rows);
  }

  @ParameterizedTest
  @CsvSource({"H2, false", "H2, true", "POSTGRES_18, false", "POSTGRES_18, true"})
  void theLateTaskIsRefusedHereAndWritesOutsideThere(DatabaseKind kind, boolean rollsBack)
      throws Exception { // D1 D6
    List<String> transactions = rollsBack ? List.of() : List.of("order");
    List<String> besides = rollsBack ? List.of("late") : List.of("late", "order");
    kind.start();
    try (Database database = kind.open()) {
      DataSource data = database.dataSource();
      execute(data, "create table item (label varchar(40))");

      Side here = TxHost.over(data);
      assertRefused(
          run(data, rollsBack, here, Context.wrap(pool)),
          DetachedTransactionException.class,
          transactions);
      assertRefused(
          run(data, rollsBack, here, decorated()),
          DetachedTransactionException.class,
          transactions);
      assertRefused(
          run(data, rollsBack, here, pool), TransactionRequiredException.class, transactions);

      Side there = Spring.over(data);
      assertWrittenSilently(run(data, rollsBack, there, pool), besides);
      assertWrittenSilently(run(data, rollsBack, there, decorated()), besides);
    }
  }
}
