package io.txhost.spring;

import io.txhost.Propagation;
import io.txhost.Retry;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import io.txhost.test.Database;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** What an annotation does, whoever serves it: proxies, or the weaver. On real databases. */
final class Shop {
  private Shop() {}

  /** What proxies and weaving must both do. */
  static final Map<String, String> AGREED =
      Map.ofEntries(
          Map.entry("returns", "rows 1, began [Shop.Orders.place]"),
          Map.entry(
              "throws an unchecked exception",
              "IllegalStateException, rows 0, began [Shop.Orders.fail]"),
          Map.entry("throws a checked exception", "IOException, rows 0, began [Shop.Orders.fail]"),
          Map.entry(
              "throws what does not roll back",
              "IOException, rows 1, began [Shop.Orders.failKept]"),
          Map.entry("returns a failed result", "rows 0, began [Shop.Orders.result]"),
          Map.entry(
              "is retried",
              "rows 1, began [Shop.Orders.thirdTime, Shop.Orders.thirdTime, Shop.Orders.thirdTime]"),
          Map.entry("names a host", "rows 0, began [audit: Shop.Orders.audited]"),
          Map.entry("has a name and a promise", "true, rows 0, began [orders.read]"),
          Map.entry(
              "is called by another in a new one",
              "IllegalStateException, rows 1, began [Shop.Caller.placeAndFail, Shop.Orders.placeAnew]"),
          Map.entry("joins", "rows 2, began [Shop.Caller.both]"),
          Map.entry("has a meta-annotation", "rows 1, began [meta]"),
          Map.entry("is on another thread by @Async", "rows 1, began [Shop.Later.place]"),
          Map.entry("is of an annotated class", "rows 1, began [Shop.OfClass.place]"),
          Map.entry("is of an annotated class with its own annotation", "rows 1, began [own]"),
          Map.entry("is of a class below an annotated one", "rows 1, began [Shop.Below.more]"),
          Map.entry("is of an annotated interface", "rows 1, began [Shop.OfInterface.placed]"),
          Map.entry("is a bridge to a generic method", "rows 1, began [Shop.OfGeneric.handle]"));

  @Configuration
  @EnableTransactionHosts
  static class Proxied {}

  @Configuration
  @EnableTransactionHosts(mode = AdviceMode.ASPECTJ)
  static class Woven {}

  @Configuration
  @EnableAsync
  static class Hosts {
    @Bean
    Database database() throws SQLException {
      Database database = Database.h2();
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create table item (id int)");
      }
      return database;
    }

    @Bean
    Begun begun() {
      return new Begun();
    }

    @Bean
    TransactionHost<Connection> host(Database database, Begun begun) {
      return TransactionHost.builder(JdbcAdapter.over(database.dataSource()))
          .rollbackIf(Failed.class, failed -> true)
          .listener(begun)
          .build();
    }

    @Bean
    TransactionHost<Connection> audit(Begun begun) {
      return TransactionHost.builder(JdbcAdapter.over(Database.h2().dataSource()))
          .name("audit")
          .listener(begun)
          .build();
    }

    @Bean
    Items items(TransactionHost<Connection> host) {
      return new Items(host);
    }
  }

  record Failed() {}

  /** The names of the transactions that began. */
  static final class Begun implements TransactionListener {
    final List<String> names = new CopyOnWriteArrayList<>();

    @Override
    public void began(TransactionInfo transaction) {
      names.add((transaction.host().equals("audit") ? "audit: " : "") + transaction.name());
    }
  }

  static final class Items {
    final TransactionHost<Connection> host;

    Items(TransactionHost<Connection> host) {
      this.host = host;
    }

    void insert() {
      try (PreparedStatement insert = host.tx().prepareStatement("insert into item values (1)")) {
        insert.executeUpdate();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    int count() throws SQLException {
      try (Statement select = host.tx().createStatement();
          ResultSet rows = select.executeQuery("select count(*) from item")) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Transactional(name = "meta")
  @interface UseCase {}

  static class Orders {
    final Items items;
    int attempts;

    Orders(Items items) {
      this.items = items;
    }

    @Transactional
    public void place() {
      items.insert();
    }

    @Transactional
    public void fail(Exception failure) throws Exception {
      items.insert();
      throw failure;
    }

    @Transactional(noRollbackFor = IOException.class)
    public void failKept() throws IOException {
      items.insert();
      throw new IOException("user");
    }

    @Transactional
    public Failed result() {
      items.insert();
      return new Failed();
    }

    @Transactional(retry = @Retry(maxAttempts = 3, initialDelay = "1ms", alsoOnSqlState = "40001"))
    public int thirdTime() throws SQLException {
      items.insert();
      if (++attempts < 3) {
        throw new SQLException("serialization failure", "40001");
      }
      return attempts;
    }

    @Transactional(host = "audit")
    public void audited() {}

    @Transactional(name = "orders.read", readOnly = true, timeout = "5s")
    public boolean promised() {
      var transaction = items.host.currentTransaction().orElseThrow();
      return transaction.isReadOnly() && transaction.remainingTime().isPresent();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void placeAnew() {
      items.insert();
    }

    @UseCase
    public void useCase() {
      items.insert();
    }
  }

  static class Later {
    private final Items items;

    Later(Items items) {
      this.items = items;
    }

    @Async
    @Transactional
    public CompletableFuture<String> place() {
      items.insert();
      return CompletableFuture.completedFuture("placed");
    }
  }

  static class Caller {
    private final Orders orders;
    private final Items items;

    Caller(Orders orders, Items items) {
      this.orders = orders;
      this.items = items;
    }

    @Transactional
    public void placeAndFail() {
      items.insert();
      orders.placeAnew();
      throw new IllegalStateException("user");
    }

    @Transactional
    public void both() {
      orders.place();
      orders.place();
    }
  }

  @Transactional
  static class OfClass {
    final Items items;

    OfClass(Items items) {
      this.items = items;
    }

    public void place() {
      items.insert();
    }

    @Transactional(name = "own")
    public void own() {
      items.insert();
    }
  }

  static class Below extends OfClass {
    Below(Items items) {
      super(items);
    }

    public void more() {
      items.insert();
    }
  }

  @Transactional
  interface Places {
    void placed();
  }

  static class OfInterface implements Places {
    private final Items items;

    OfInterface(Items items) {
      this.items = items;
    }

    @Override
    public void placed() {
      items.insert();
    }
  }

  abstract static class Handler<C> {
    public abstract void handle(C command);
  }

  static class OfGeneric extends Handler<String> {
    private final Items items;

    OfGeneric(Items items) {
      this.items = items;
    }

    @Override
    @Transactional
    public void handle(String command) {
      items.insert();
    }
  }

  static AnnotationConfigApplicationContext start(Class<?> mode) {
    return Applications.start(
        mode,
        Hosts.class,
        Orders.class,
        Caller.class,
        Later.class,
        OfClass.class,
        Below.class,
        OfInterface.class,
        OfGeneric.class);
  }

  /** All that {@link #AGREED} has. */
  static Map<String, String> outcomes(Class<?> mode) throws Exception {
    try (var application = start(mode)) {
      Tried tried = new Tried(application);
      Orders orders = application.getBean(Orders.class);
      Caller caller = application.getBean(Caller.class);
      tried.run("returns", orders::place);
      tried.run(
          "throws an unchecked exception", () -> orders.fail(new IllegalStateException("user")));
      tried.run("throws a checked exception", () -> orders.fail(new IOException("user")));
      tried.run("throws what does not roll back", orders::failKept);
      tried.run("returns a failed result", orders::result);
      tried.run("is retried", orders::thirdTime);
      tried.run("names a host", orders::audited);
      tried.run(
          "has a name and a promise",
          () -> {
            tried.said = orders.promised() + ", ";
          });
      tried.run("is called by another in a new one", caller::placeAndFail);
      tried.run("joins", caller::both);
      tried.run("has a meta-annotation", orders::useCase);
      tried.run(
          "is on another thread by @Async", () -> application.getBean(Later.class).place().get());
      OfClass ofClass = application.getBean("shop.OfClass", OfClass.class);
      tried.run("is of an annotated class", ofClass::place);
      tried.run("is of an annotated class with its own annotation", ofClass::own);
      tried.run("is of a class below an annotated one", application.getBean(Below.class)::more);
      tried.run("is of an annotated interface", application.getBean(Places.class)::placed);
      Handler<String> generic = application.getBean(OfGeneric.class);
      tried.run("is a bridge to a generic method", () -> generic.handle("place"));
      return tried.outcomes;
    }
  }

  interface Body {
    void run() throws Exception;
  }

  /** Runs bodies and notes what came of each, in the database too. */
  static final class Tried {
    final Map<String, String> outcomes = new LinkedHashMap<>();
    String said = "";
    private final Items items;
    private final Begun begun;
    private final Database database;

    Tried(AnnotationConfigApplicationContext application) {
      this.items = application.getBean(Items.class);
      this.begun = application.getBean(Begun.class);
      this.database = application.getBean(Database.class);
    }

    void run(String name, Body body) throws Exception {
      begun.names.clear();
      said = "";
      empty();
      String failed = failureOf(body);
      outcomes.put(name, failed + said + "rows " + items.count() + ", began " + begun.names);
    }

    private static String failureOf(Body body) {
      try {
        body.run();
        return "";
      } catch (Exception e) {
        String text = String.valueOf(e.getMessage());
        return (text.startsWith("TXH-") ? text.substring(0, 7) : e.getClass().getSimpleName())
            + ", ";
      }
    }

    private void empty() throws SQLException {
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("delete from item");
      }
    }
  }
}
