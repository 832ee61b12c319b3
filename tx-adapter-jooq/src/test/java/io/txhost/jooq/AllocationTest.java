package io.txhost.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.Test;

/**
 * Asking for the context inside allocates nothing, nor does giving jOOQ the connection. What a
 * transaction's own context costs is printed. Counted by the thread's own allocation counter; the
 * least of some rounds counts, since the compiler still works in the first ones.
 */
final class AllocationTest {
  private static final int CALLS = 100_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Object seen;

  private static long allocatedBy(int calls, Runnable call) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20 && least > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        call.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  @Test
  void askingInsideATransactionAllocatesNothing() throws Exception {
    assumeTrue(THREADS.isThreadAllocatedMemorySupported(), "this JVM counts no allocations");
    Map<String, Long> bytes = new LinkedHashMap<>();
    try (Database database = Database.h2()) {
      TransactionHost<Connection> jdbc =
          TransactionHost.create(JdbcAdapter.over(database.dataSource()));
      measure("view", JooqAdapter.view(jdbc, SQLDialect.H2), bytes);
      measure(
          "over",
          TransactionHost.create(JooqAdapter.over(database.dataSource(), SQLDialect.H2)),
          bytes);
    }
    assertThat(bytes).hasSize(6).allSatisfy((what, none) -> assertThat(none).as(what).isZero());
  }

  private void measure(String kind, TransactionHost<DSLContext> host, Map<String, Long> bytes) {
    ConnectionProvider shared = JooqAdapter.dsl(host).configuration().connectionProvider();
    host.withTransaction(
        () -> {
          ConnectionProvider own = host.tx().configuration().connectionProvider();
          bytes.put(kind + ", tx()", allocatedBy(CALLS, () -> seen = host.tx()));
          bytes.put(kind + ", own", allocatedBy(CALLS, () -> seen = own.acquire()));
          bytes.put(kind + ", shared", allocatedBy(CALLS, () -> seen = shared.acquire()));
        });
    long bare = allocatedBy(1000, () -> host.withTransaction(() -> seen = host)) / 1000;
    long asking = allocatedBy(1000, () -> host.withTransaction(() -> seen = host.tx())) / 1000;
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      host.withTransaction(() -> seen = host.tx());
    }
    long nanos = (System.nanoTime() - start) / CALLS;
    System.out.println(
        kind
            + ": a transaction's context is "
            + (asking - bare)
            + " bytes; "
            + nanos
            + " ns for a transaction that only asks for it");
  }
}
