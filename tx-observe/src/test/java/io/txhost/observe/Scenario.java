package io.txhost.observe;

import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionalRunnable;
import io.txhost.context.Context;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionListener;
import io.txhost.test.Database;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * The scenario of docs/observability.md: each way a transaction ends, and what happens on the way.
 * On H2, whose answer to one commit is lost.
 */
final class Scenario implements AutoCloseable {
  private final Database database;
  private final TransactionHost<Connection> host;
  private volatile boolean losesAnswers;

  Scenario(TransactionListener listener) throws SQLException {
    database = Database.h2();
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id integer primary key, label varchar(40))");
    }
    host =
        TransactionHost.builder(JdbcAdapter.over(losing(database.dataSource())))
            .name("shop")
            .listener(listener)
            .build();
    host.withTransaction(named("warm up"), () -> host.tx().createStatement().close());
  }

  TransactionHost<Connection> host() {
    return host;
  }

  static TransactionOptions named(String name) {
    return TransactionOptions.defaults().name(name);
  }

  /** All of it, in the order of the page. */
  void run() throws SQLException {
    // commit
    host.withTransaction(named("orders.place"), () -> insert(1));

    // rollback by rule
    swallowing(
        () ->
            host.withTransaction(
                named("orders.refuse"),
                () -> {
                  insert(2);
                  throw new IllegalStateException("secret");
                }));

    // retry twice
    int[] failures = {2};
    host.withTransaction(
        named("stock.take").retry(RetryPolicy.maxAttempts(3).initialDelay(Duration.ofMillis(1))),
        () -> {
          insert(3);
          if (failures[0]-- > 0) {
            throw new SQLException("secret", "40001");
          }
        });

    // timeout
    swallowing(
        () ->
            host.withTransaction(
                named("report.build").timeout(Duration.ofMillis(500)),
                () -> {
                  insert(4);
                  LockSupport.parkNanos(Duration.ofMillis(520).toNanos());
                }));

    // unknown outcome
    losesAnswers = true;
    swallowing(() -> host.withTransaction(named("payment.book"), () -> insert(5)));
    losesAnswers = false;

    // nested, undone
    host.withTransaction(
        named("basket.save"),
        () -> {
          insert(6);
          swallowing(
              () ->
                  host.withTransaction(
                      named("basket.gift").propagation(Propagation.NESTED),
                      () -> {
                        insert(7);
                        throw new IllegalStateException("secret");
                      }));
        });

    // detached use
    host.withTransaction(
        named("mail.send"),
        () -> CompletableFuture.runAsync(Context.wrap(() -> swallowing(() -> host.tx()))).join());
  }

  void insert(int id) throws SQLException {
    try (PreparedStatement statement =
        host.tx().prepareStatement("insert into item (id, label) values (?, ?)")) {
      statement.setInt(1, id);
      statement.setString(2, "secret");
      statement.executeUpdate();
    }
  }

  static <X extends Throwable> void swallowing(TransactionalRunnable<X> work) {
    try {
      work.run();
    } catch (Throwable expected) {
      // what is observed of it is compared
    }
  }

  private DataSource losing(DataSource pool) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              Object result = invoke(pool, method, arguments);
              return result instanceof Connection connection ? losing(connection) : result;
            });
  }

  /** The commit is done, and its answer lost. */
  private Connection losing(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              Object result = invoke(connection, method, arguments);
              if (losesAnswers && method.getName().equals("commit")) {
                throw new SQLException("secret", "08006");
              }
              return result;
            });
  }

  private static Object invoke(Object on, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
