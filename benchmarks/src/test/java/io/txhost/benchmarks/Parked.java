package io.txhost.benchmarks;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the heap keeps for a virtual thread that is parked in a transaction: the whole of it, thread
 * and stack too, and the objects of our classes.
 */
final class Parked {
  private static final int THREADS = 4_000;
  private static final int CALLS_TO_WARM_UP = 30_000;

  private Parked() {}

  /** In a transaction that has shown its connection, and run no statement. */
  @FunctionalInterface
  private interface InTransaction {
    void run(Runnable body) throws Exception;
  }

  public static void main(String[] peer) throws Exception {
    FreeDriver driver = new FreeDriver(THREADS + 1);
    InTransaction how =
        peer[0].equals("txhost") ? txhost(driver.dataSource()) : spring(driver.dataSource());
    for (int i = 0; i < CALLS_TO_WARM_UP; i++) { // an interpreted frame is larger
      how.run(() -> Costs.sink = "ready");
    }
    parked(1, how); // what comes once is there before
    long before = used();
    long ours = ofOurClasses();
    List<Thread> threads = parked(THREADS, how);
    long after = used();
    long oursAfter = ofOurClasses();
    System.out.println((oursAfter - ours) / THREADS + " " + (after - before) / THREADS);
    System.out.flush();
    Runtime.getRuntime().halt(threads.size() == THREADS ? 0 : 1);
  }

  private static InTransaction txhost(DataSource dataSource) {
    TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(dataSource));
    return body ->
        host.withTransaction(
            () -> {
              Costs.sink = host.tx();
              body.run();
            });
  }

  private static InTransaction spring(DataSource dataSource) {
    TransactionTemplate template =
        new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    return body ->
        template.executeWithoutResult(
            status -> {
              Costs.sink = DataSourceUtils.getConnection(dataSource);
              body.run();
            });
  }

  /** One after another, since the driver is for one thread at a time. */
  private static List<Thread> parked(int count, InTransaction how) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CountDownLatch inside = new CountDownLatch(1);
      threads.add(
          Processes.startVirtual(
              () -> {
                try {
                  how.run(
                      () -> {
                        inside.countDown();
                        for (; ; ) {
                          LockSupport.park();
                        }
                      });
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }));
      inside.await();
    }
    return threads;
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static long ofOurClasses() throws Exception {
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    return histogram
        .lines()
        .map(line -> line.strip().split(" +"))
        .filter(parts -> parts.length > 3 && parts[3].startsWith("io.txhost."))
        .filter(parts -> !parts[3].startsWith("io.txhost.benchmarks."))
        .mapToLong(parts -> Long.parseLong(parts[2]))
        .sum();
  }
}
