package store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionRequiredException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest
@DirtiesContext // so that its pool is closed before the server
class StoreTest {
  private static EmbeddedPostgres server;

  @Autowired PlaceOrderHandler placeOrder;
  @Autowired OrderQueries queries;
  @Autowired Orders orders;
  @Autowired Mails mails;
  @Autowired JdbcClient sql;
  @Autowired DataSource dataSource;

  @DynamicPropertySource
  static void database(DynamicPropertyRegistry properties) throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("listen_addresses", "127.0.0.1").start();
    properties.add("spring.datasource.url", () -> server.getJdbcUrl("postgres", "postgres"));
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void stock() {
    sql.sql("truncate stock, orders, audit").update();
    sql.sql("insert into stock values ('tea', 100), ('milk', 100)").update();
    mails.confirmed().clear();
  }

  @Test
  void anOrderIsCommittedAndConfirmedAfterIt() throws OutOfStockException {
    long id = placeOrder.execute(new PlaceOrder("tea", 3));

    assertThat(queries.ordersOf("tea")).containsExactly(id);
    assertThat(orders.stockOf("tea")).isEqualTo(97);
    assertThat(mails.confirmed()).containsExactly(id);
  }

  @Test
  void aFailureLeavesTheAuditAlone() {
    assertThatThrownBy(() -> placeOrder.execute(new PlaceOrder("tea", 101)))
        .isExactlyInstanceOf(OutOfStockException.class);

    assertThat(queries.ordersOf("tea")).isEmpty();
    assertThat(orders.stockOf("tea")).isEqualTo(100);
    assertThat(mails.confirmed()).isEmpty();
    assertThat(sql.sql("select entry from audit").query(String.class).list())
        .containsExactly("asked for tea");
  }

  @Test
  void ordersThatCollideAreTriedAgain() throws Exception {
    int customers = 4;
    ExecutorService threads = Executors.newFixedThreadPool(customers);
    List<Future<Long>> placed;
    try (Connection other = dataSource.getConnection()) {
      other.setAutoCommit(false);
      other.createStatement().execute("select from stock where item = 'tea' for update");
      placed =
          IntStream.range(0, customers)
              .mapToObj(i -> threads.submit(() -> placeOrder.execute(new PlaceOrder("tea", 1))))
              .toList();
      await(() -> waiting() == customers); // all have read the same stock
      other.rollback();
      other.setAutoCommit(true);
    } finally {
      threads.shutdown();
    }

    for (Future<Long> each : placed) {
      assertThat(mails.confirmed()).contains(each.get());
    }
    assertThat(queries.ordersOf("tea")).hasSize(customers);
    assertThat(orders.stockOf("tea")).isEqualTo(100 - customers);
    // each attempt is noted in a transaction of its own
    assertThat(sql.sql("select count(*) from audit").query(Long.class).single())
        .isGreaterThan(customers);
  }

  private long waiting() {
    return sql.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        .query(Long.class)
        .single();
  }

  private static void await(BooleanSupplier done) throws InterruptedException {
    long patience = System.nanoTime() + 30_000_000_000L;
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(patience);
      Thread.sleep(20);
    }
  }

  @Test
  void theScheduledJobWritesInATransaction() throws Exception {
    placeOrder.execute(new PlaceOrder("milk", 1));

    await(() -> sql.sql("select expired from orders").query(Boolean.class).single());
  }

  @Test
  void aReadOnlyQueryCannotWrite() throws Exception {
    placeOrder.execute(new PlaceOrder("tea", 1));

    assertThatThrownBy(() -> queries.expiredByMistake("tea"))
        .hasMessageContaining("read-only transaction");
  }

  @Test
  void aWriteOutsideIsRefused() {
    assertThatThrownBy(() -> orders.setStock("tea", 0))
        .hasStackTraceContaining(TransactionRequiredException.class.getName());

    assertThat(orders.stockOf("tea")).isEqualTo(100);
  }
}
