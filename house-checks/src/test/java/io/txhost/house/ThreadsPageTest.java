package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.DetachedTransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionalCallable;
import io.txhost.context.Context;
import io.txhost.jdbc.JdbcAdapter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The code of docs/threads.md, run: {@link DocsTest} holds the page to what stands here. */
final class ThreadsPageTest {
  private final JdbcConnectionPool pool =
      JdbcConnectionPool.create("jdbc:h2:mem:threads;DB_CLOSE_DELAY=-1", "sa", "");
  private final TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(pool));
  private final Orders orders = new Orders();
  private final Catalogue catalogue = new Catalogue();
  private final String order = "order";
  private final String first = "first";
  private final String second = "second";

  private record Price(String article, int rowsSeen) {}

  private final class Orders {
    void insert(String order) {
      write(order);
    }

    void price(String order, List<Price> prices) {
      write(order + " has " + prices.size() + " prices");
    }

    void confirm(String order) {
      write(order + " confirmed");
    }

    void audit(String order) {
      write(order + " audited");
    }
  }

  private final class Catalogue {
    Price priceOf(String article) throws SQLException {
      return new Price(article, rows().size());
    }
  }

  private void write(String row) {
    try {
      execute("insert into noted values ('" + row + "')");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> rows() throws SQLException {
    try (Statement statement = host.tx().createStatement();
        ResultSet found = statement.executeQuery("select what from noted order by what")) {
      List<String> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(found.getString(1));
      }
      return rows;
    }
  }

  @BeforeEach
  void aTable() throws SQLException {
    host.withoutTransaction(() -> execute("create table noted(what varchar(200))"));
  }

  @AfterEach
  void nothingIsOut() throws SQLException {
    assertThat(pool.getActiveConnections()).isZero();
    host.withoutTransaction(() -> execute("drop table noted"));
    pool.dispose();
  }

  @Test
  void tasksOfInParallelAreInside() throws Exception {
    List<Price> seen = new ArrayList<>();

    host.withTransaction(
        () -> {
          orders.insert(order);
          List<TransactionalCallable<Price, SQLException>> tasks =
              List.of(
                  () -> catalogue.priceOf(first), // asks host.tx() for itself
                  () -> catalogue.priceOf(second));
          List<Price> prices =
              host.inParallel(tasks); // on threads of their own, virtual from Java 21 on
          orders.price(order, prices);
          seen.addAll(prices);
        });

    assertThat(seen).containsExactly(new Price("first", 1), new Price("second", 1));
    assertThat(rows()).containsExactly("order", "order has 2 prices");
  }

  @Test
  void aTaskOfAWrappedExecutorIsOutsideAndMayHaveABoundaryOfItsOwn() throws Exception {
    List<Future<?>> sent = new ArrayList<>();

    ExecutorService executor = Context.wrap(Executors.newFixedThreadPool(4));

    host.withTransaction(
        () -> {
          orders.insert(order);
          Future<?> refused =
              executor.submit(() -> orders.confirm(order)); // DetachedTransactionException
          Future<?> ofItsOwn =
              executor.submit(() -> host.withTransaction(() -> orders.audit(order)));
          sent.add(refused);
          sent.add(ofItsOwn);
        });

    assertThatThrownBy(() -> sent.get(0).get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(DetachedTransactionException.class);
    sent.get(1).get(20, TimeUnit.SECONDS);
    executor.shutdown();
    assertThat(rows()).containsExactly("order", "order audited");
  }
}
