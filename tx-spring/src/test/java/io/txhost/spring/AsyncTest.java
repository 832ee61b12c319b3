package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.DetachedTransactionException;
import io.txhost.FallbackPolicy;
import io.txhost.TransactionHost;
import io.txhost.TransactionRequiredException;
import io.txhost.Transactional;
import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** What {@code @Async} runs is outside its caller's transaction, and told so where it can be. */
class AsyncTest {
  private static final ContextKey<String> KEY = ContextKey.of("key", String.class);

  @RegisterExtension final WatchedPools pools = new WatchedPools();

  @Configuration
  @EnableAsync
  @EnableTransactionHosts
  static class Application {
    @Bean(destroyMethod = "close")
    Database database() {
      return Database.h2();
    }

    @Bean
    TransactionHost<Connection> host(Database database) throws SQLException {
      execute(database.dataSource(), "create table item (label varchar(80))");
      return TransactionHost.builder(JdbcAdapter.over(database.dataSource()))
          .fallbackPolicy(FallbackPolicy.IN_CONTEXT)
          .build();
    }
  }

  static class WithAWrappedExecutor {
    @Bean(destroyMethod = "shutdownNow")
    ExecutorService workers() {
      return Executors.newSingleThreadExecutor();
    }

    @Bean
    Executor taskExecutor(ExecutorService workers) {
      return Context.wrap((Executor) workers);
    }
  }

  static class WithADecorator {
    @Bean
    ThreadPoolTaskExecutor taskExecutor() {
      ThreadPoolTaskExecutor executor = bare();
      executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
      return executor;
    }
  }

  static class WithABareExecutor {
    @Bean
    ThreadPoolTaskExecutor taskExecutor() {
      return bare();
    }
  }

  private static ThreadPoolTaskExecutor bare() {
    ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
    executor.setCorePoolSize(1);
    executor.setMaxPoolSize(1);
    return executor;
  }

  static class Items {
    private final TransactionHost<Connection> host;

    Items(TransactionHost<Connection> host) {
      this.host = host;
    }

    void insert(String label) throws SQLException {
      try (Statement statement = host.tx().createStatement()) {
        statement.executeUpdate("insert into item (label) values ('" + label + "')");
      }
    }
  }

  static class Mails {
    private final Items items;
    private final TransactionHost<Connection> host;

    Mails(Items items, TransactionHost<Connection> host) {
      this.items = items;
      this.host = host;
    }

    @Async
    public CompletableFuture<String> user() {
      return CompletableFuture.completedFuture(
          Context.isActive() ? Context.current().require(KEY) : "no context");
    }

    @Async
    public CompletableFuture<Void> confirm() throws SQLException {
      items.insert("confirmed");
      return CompletableFuture.completedFuture(null);
    }

    @Async
    @Transactional
    public CompletableFuture<Void> confirmInAnOwn() throws SQLException {
      items.insert("confirmed in " + host.currentTransaction().orElseThrow().name());
      return CompletableFuture.completedFuture(null);
    }
  }

  static class Orders {
    private final Items items;
    private final Mails mails;

    Orders(Items items, Mails mails) {
      this.items = items;
      this.mails = mails;
    }

    @Transactional(name = "orders.place")
    public Throwable place(boolean inAnOwn) throws Exception {
      items.insert("ordered");
      CompletableFuture<Void> sent = inAnOwn ? mails.confirmInAnOwn() : mails.confirm();
      Throwable thrown = catchThrowable(() -> sent.get(30, TimeUnit.SECONDS));
      return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
    }

    @Transactional
    public String userOfTheMail() throws Exception {
      return mails.user().get(30, TimeUnit.SECONDS);
    }
  }

  /**
   * What came of each, in a context with a value, as "user, thrown by a mail, thrown by an own".
   */
  private record Seen(String user, Throwable confirming, Throwable inAnOwn, long rows) {}

  private Seen seenWith(Class<?> executor) throws Exception {
    var application =
        Applications.start(Application.class, executor, Items.class, Mails.class, Orders.class);
    pools.closeAfterwards(application);
    application.getBeansOfType(ExecutorService.class).values().forEach(p -> pools.watch(p, 1));
    application
        .getBeansOfType(ThreadPoolTaskExecutor.class)
        .values()
        .forEach(p -> pools.watch(p.getThreadPoolExecutor(), 1));
    Orders orders = application.getBean(Orders.class);
    return Context.<Seen, Exception>call(
        () -> {
          Context.current().set(KEY, "ann");
          String user = orders.userOfTheMail();
          Throwable confirming = orders.place(false);
          assertThat(countOf(application.getBean(Database.class).dataSource())).isEqualTo(1);
          Throwable inAnOwn = orders.place(true);
          return new Seen(
              user, confirming, inAnOwn, countOf(application.getBean(Database.class).dataSource()));
        });
  }

  private static void execute(DataSource dataSource, String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long countOf(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from item")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test // D6 D7
  void onAWrappedExecutorItHasTheContextAndIsToldOfTheTransaction() throws Exception {
    assertDetached(seenWith(WithAWrappedExecutor.class));
  }

  @Test // D6 D7
  void withSpringsContextPropagatingDecoratorItHasTheContextAndIsToldOfTheTransaction()
      throws Exception {
    assertDetached(seenWith(WithADecorator.class));
  }

  private static void assertDetached(Seen seen) {
    assertThat(seen.user()).isEqualTo("ann");
    assertThat(seen.confirming())
        .isInstanceOf(DetachedTransactionException.class)
        .hasMessageContaining("'orders.place' was active on thread");
    assertThat(seen.inAnOwn()).isNull();
    assertThat(seen.rows()).isEqualTo(3);
  }

  @Test // D6 D7
  void onABareExecutorItHasNothingAndIsRefusedByThePolicy() throws Exception {
    Seen seen = seenWith(WithABareExecutor.class);

    assertThat(seen.user()).isEqualTo("no context");
    assertThat(seen.confirming())
        .isInstanceOf(TransactionRequiredException.class)
        .hasMessageContaining("IN_CONTEXT");
    assertThat(seen.inAnOwn()).isNull();
    assertThat(seen.rows()).isEqualTo(3);
  }
}
