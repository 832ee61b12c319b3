package io.txhost.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.txhost.BeginHook;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionListener;
import io.txhost.test.Database;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** A database with a table, hosts on it, and what the log says. */
final class Fixture implements AutoCloseable {
  private final Database database;
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.txhost");

  Fixture() throws SQLException {
    database = Database.h2();
    appender.start();
    logger.addAppender(appender);
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id integer primary key, label varchar(40))");
    }
  }

  TransactionHost<Connection> host(TransactionListener... listeners) {
    TransactionHost.Builder<Connection> builder =
        TransactionHost.builder(JdbcAdapter.over(database.dataSource())).name("shop");
    for (TransactionListener each : listeners) {
      builder.listener(each);
    }
    return builder.build();
  }

  /** Over a pool that does this before it gives a connection. */
  TransactionHost<Connection> hostWithSlowPool(Runnable first, TransactionListener listener) {
    DataSource slow =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("getConnection")) {
                    first.run();
                  }
                  return method.invoke(database.dataSource(), arguments);
                });
    return TransactionHost.builder(JdbcAdapter.over(slow)).name("slow").listener(listener).build();
  }

  /** With a hook that runs before the first statement. */
  TransactionHost<Connection> hooked(TransactionListener listener, BeginHook<Connection> hook) {
    return TransactionHost.builder(JdbcAdapter.over(database.dataSource()))
        .name("hooked")
        .listener(listener)
        .onBegin(hook)
        .build();
  }

  static int insert(TransactionHost<Connection> host, int id) throws SQLException {
    try (PreparedStatement statement =
        host.tx().prepareStatement("insert into item (id) values (?)")) {
      statement.setInt(1, id);
      return statement.executeUpdate();
    }
  }

  /** What was logged at this level, or above. */
  List<ILoggingEvent> logged(Level level) {
    return List.copyOf(appender.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(level))
        .toList();
  }

  List<String> messages(Level level) {
    return logged(level).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  static void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }

  @Override
  public void close() throws SQLException {
    logger.detachAppender(appender);
    database.close();
  }
}
