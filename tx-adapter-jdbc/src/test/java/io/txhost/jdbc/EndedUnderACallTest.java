package io.txhost.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionCompletedException;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.TransactionalCallable;
import io.txhost.tck.Pool;
import io.txhost.tck.PoolOptions;
import io.txhost.test.Database;
import io.txhost.test.NothingLeftBehind;
import io.txhost.test.RecordingDataSource;
import io.txhost.test.RecordingDataSource.Call;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A transaction that ended at its deadline while a child was inside a call of the driver's. */
@Timeout(60)
@ExtendWith(NothingLeftBehind.class)
class EndedUnderACallTest {

  @Test
  void aConnectionThatComesAfterTheEndIsThrownAwayAndSendsNothing() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CompletableFuture<Throwable> late = new CompletableFuture<>();
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults().size(1))) {
      TransactionHost<Connection> host =
          TransactionHost.create(JdbcAdapter.over(waiting(pool, slow)));
      TransactionalCallable<Integer, Exception> child =
          () -> {
            late.complete(catchThrowable(() -> host.tx().createStatement()));
            return 1;
          };

      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      TransactionOptions.defaults().timeout(Duration.ofSeconds(2)),
                      () -> host.inParallel(List.of(child))))
          .isInstanceOf(TransactionTimedOutException.class);
      assertThat(late).isNotDone();

      slow.countDown();
      assertThat(late.get(20, TimeUnit.SECONDS))
          .isInstanceOfAny(TransactionCompletedException.class, TransactionTimedOutException.class);
      awaitNoneOut(pool);
      host.withTransaction(() -> host.tx().createStatement().close()); // the pool of one is whole
    }
  }

  /** Past the last look at the deadline: the pool was quick, and the driver is not. */
  @Test
  void aConnectionThatIsMadeReadyAfterTheEndIsThrownAwayToo() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CompletableFuture<Throwable> late = new CompletableFuture<>();
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults().size(1))) {
      RecordingDataSource recording = RecordingDataSource.over(pool);
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(recording));
      host.withTransaction(() -> host.tx().createStatement().close()); // all of it is loaded
      recording.clear();
      recording.beforeNext(Call.SET_AUTO_COMMIT, () -> awaitWhateverInterrupts(slow));
      TransactionalCallable<Integer, Exception> child =
          () -> {
            late.complete(catchThrowable(() -> host.tx().createStatement()));
            return 1;
          };

      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      TransactionOptions.defaults().timeout(Duration.ofSeconds(3)),
                      () -> host.inParallel(List.of(child))))
          .isInstanceOf(TransactionTimedOutException.class);
      assertThat(late).as("the driver is still busy").isNotDone();
      assertThat(recording.transcript()).isSubsetOf("ABORT"); // a little past the deadline

      slow.countDown();
      assertThat(late.get(20, TimeUnit.SECONDS))
          .isInstanceOfAny(TransactionCompletedException.class, TransactionTimedOutException.class);
      assertThat(recording.transcript()).containsExactly("ABORT");
      awaitNoneOut(pool);
      host.withTransaction(() -> host.tx().createStatement().close()); // the pool of one is whole
    }
  }

  @Test
  void aCallThatDoesNotComeBackLosesItsConnectionAndWritesNothing() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CompletableFuture<Throwable> stuck = new CompletableFuture<>();
    CompletableFuture<Throwable> after = new CompletableFuture<>();
    try (Database database = Database.h2();
        Pool pool = Pool.on(database, PoolOptions.defaults().size(1))) {
      RecordingDataSource recording = RecordingDataSource.over(pool);
      TransactionHost<Connection> host = TransactionHost.create(JdbcAdapter.over(recording));
      host.withoutTransaction(() -> execute(host, "create table stuck (id int)"));
      recording.clear();
      recording.beforeNext(Call.SQL, () -> awaitWhateverInterrupts(slow));
      TransactionalCallable<Integer, Exception> child =
          () -> {
            stuck.complete(
                catchThrowable(() -> execute(host, "insert into stuck (id) values (1)")));
            after.complete(
                catchThrowable(() -> execute(host, "insert into stuck (id) values (2)")));
            return 1;
          };

      assertThatThrownBy(
              () ->
                  host.<Object, Exception>withTransaction(
                      TransactionOptions.defaults().timeout(Duration.ofSeconds(2)),
                      () -> host.inParallel(List.of(child))))
          .isInstanceOf(TransactionTimedOutException.class);
      assertThat(stuck).as("the call is still under way").isNotDone();
      assertThat(recording.transcript()).contains("ABORT").doesNotContain("COMMIT", "ROLLBACK");

      slow.countDown();
      assertThat(stuck.get(20, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
      assertThat(after.get(20, TimeUnit.SECONDS)).hasMessageContaining("TXH-121");
      awaitNoneOut(pool);
      int rows = // on the pool of one, which is whole
          host.withTransaction(() -> count(host));
      assertThat(rows).isZero();
    }
  }

  private static Void execute(TransactionHost<Connection> host, String sql) throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.execute(sql);
    }
    return null;
  }

  private static int count(TransactionHost<Connection> host) throws SQLException {
    try (Statement statement = host.tx().createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from stuck")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static void awaitNoneOut(Pool pool) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (pool.connectionsOut() > 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(100_000);
    }
    assertThat(pool.connectionsOut()).isZero();
  }

  /** As a driver does that reads from a socket. */
  private static void awaitWhateverInterrupts(CountDownLatch latch) {
    boolean wasInterrupted = false;
    boolean waits = true;
    while (waits) {
      try {
        assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        waits = false;
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static DataSource waiting(DataSource below, CountDownLatch latch) {
    return (DataSource)
        Proxy.newProxyInstance(
            EndedUnderACallTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                awaitWhateverInterrupts(latch);
                Thread.interrupted(); // as a pool that hears none
                return below.getConnection();
              }
              return method.invoke(below, arguments);
            });
  }
}
