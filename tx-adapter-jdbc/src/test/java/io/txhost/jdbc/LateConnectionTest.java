package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionCompletedException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.test.Database;
import io.txhost.test.Pool;
import io.txhost.test.PoolOptions;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A connection that comes when its transaction has ended, since nobody waited for it any longer.
 */
@Timeout(60)
class LateConnectionTest {

  @Test
  void aConnectionThatComesAfterTheEndIsThrownAwayAndSendsNothing() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CompletableFuture<Throwable> late = new CompletableFuture<>();
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults().size(1))) {
      TransactionHost<Connection> host =
          TransactionHost.create(JdbcAdapter.over(waiting(pool, slow)));
      Callable<Integer> child =
          () -> {
            late.complete(catchThrowable(() -> host.tx().createStatement()));
            return 1;
          };

      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      TransactionOptions.defaults().timeout(Duration.ofMillis(200)),
                      () -> host.inParallel(List.of(child))))
          .isInstanceOf(TransactionTimedOutException.class);
      assertThat(late).isNotDone();

      slow.countDown();
      assertThat(late.get(20, TimeUnit.SECONDS))
          .isInstanceOfAny(TransactionCompletedException.class, TransactionTimedOutException.class);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (pool.connectionsOut() > 0 && System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      assertThat(pool.connectionsOut()).isZero();
      host.withTransaction(() -> host.tx().createStatement().close()); // the pool of one is whole
    }
  }

  private static DataSource waiting(DataSource below, CountDownLatch latch) {
    return (DataSource)
        Proxy.newProxyInstance(
            LateConnectionTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
                return below.getConnection();
              }
              return method.invoke(below, arguments);
            });
  }
}
