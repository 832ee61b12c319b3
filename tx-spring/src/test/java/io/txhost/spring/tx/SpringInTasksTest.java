package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NOT_SUPPORTED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRES_NEW;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionOptions;
import io.txhost.TransactionTimedOutException;
import io.txhost.TransactionalRunnable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Suspending and the order of synchronizations, with the threads of tasks. */
class SpringInTasksTest extends Bridged {

  @Test
  void requiresNewInATaskSuspendsWhatTheTaskHasRegisteredAndNothingElse() {
    host.withTransaction(
        () -> {
          listen("outer");
          inATask(
              () -> {
                listen("task");
                springInserts("a");
                spring(PROPAGATION_REQUIRES_NEW)
                    .executeWithoutResult(
                        status -> {
                          listen("new");
                          springInserts("b");
                        });
                assertThat(items()).containsExactly("b");
                springInserts("c");
              });
          assertThat(heard)
              .containsExactly(
                  "task suspend",
                  "new beforeCommit",
                  "new beforeCompletion",
                  "new afterCommit",
                  "new COMMITTED",
                  "task resume");
          heard.clear();
        });
    assertThat(heard)
        .containsExactly(
            "outer beforeCommit",
            "task beforeCommit",
            "outer beforeCompletion",
            "task beforeCompletion",
            "outer afterCommit",
            "task afterCommit",
            "outer COMMITTED",
            "task COMMITTED");
    assertThat(items()).containsExactly("a", "b", "c");
  }

  @Test
  void notSupportedInATaskIsOutsideAndComesBack() {
    host.withTransaction(
        () ->
            inATask(
                () -> {
                  listen("task");
                  spring(PROPAGATION_NOT_SUPPORTED)
                      .executeWithoutResult(
                          status -> {
                            assertThat(isActiveForSpring()).isFalse();
                            assertThat(host.isTransactionActive()).isFalse();
                          });
                  assertThat(isActiveForSpring()).isTrue();
                  springInserts("a");
                  assertThat(connectionsOut()).isOne();
                }));
    assertThat(heard).startsWith("task suspend", "task resume", "task beforeCommit");
    assertThat(items()).containsExactly("a");
  }

  @Test
  void atTheEndTheirOrderDecidesWhicheverThreadHasRegisteredThem() {
    host.withTransaction(
        () -> {
          TransactionSynchronizationManager.registerSynchronization(ordered("second", 2));
          inATask(
              () -> {
                TransactionSynchronizationManager.registerSynchronization(ordered("third", 3));
                TransactionSynchronizationManager.registerSynchronization(ordered("first", 1));
              });
        });
    assertThat(heard)
        .containsSubsequence("first beforeCommit", "second beforeCommit", "third beforeCommit")
        .containsSubsequence("first COMMITTED", "second COMMITTED", "third COMMITTED");
  }

  @Test
  void whatTasksHaveRegisteredIsSuspendedForNobodyAndToldOnce() {
    host.withTransaction(
        () -> {
          inATask(() -> listen("task"));
          spring(PROPAGATION_REQUIRES_NEW).executeWithoutResult(status -> springInserts("a"));
          assertThat(heard).isEmpty();
        });
    assertThat(heard)
        .containsExactly(
            "task beforeCommit", "task beforeCompletion", "task afterCommit", "task COMMITTED");
  }

  @Test
  void inATaskTheFlagsAreTheTransactionsAndTheNameIsTheTasks() {
    host.withTransaction(
        TransactionOptions.defaults().readOnly(true),
        () ->
            inATask(
                () -> {
                  assertThat(nameForSpring()).isEqualTo("task 2 of inParallel");
                  assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly())
                      .isTrue();
                }));
  }

  @Test
  void aConnectionOfAnotherPoolThatATaskHasTakenIsGivenBackAtItsEnd() {
    try (HikariDataSource other = new HikariDataSource()) {
      other.setJdbcUrl("jdbc:h2:mem:");
      host.withTransaction(
          () -> {
            inATask(
                () -> {
                  new JdbcTemplate(other).execute("select 1");
                  assertThat(other.getHikariPoolMXBean().getActiveConnections()).isOne();
                });
            assertThat(other.getHikariPoolMXBean().getActiveConnections()).isZero();
          });
    }
  }

  @Test
  void whatATaskHasRegisteredThatNobodyWaitsForIsToldThatTheOutcomeIsUnknownToIt() {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    TransactionOptions.defaults().timeout(Duration.ofMillis(300)),
                    () ->
                        inATask(
                            () -> {
                              TransactionSynchronizationManager.registerSynchronization(
                                  telling(told));
                              awaits(over);
                            })))
        .isInstanceOf(TransactionTimedOutException.class);
    assertThat(heard).isEmpty();

    over.countDown();
    awaits(told);
    assertThat(heard).containsExactly("task UNKNOWN");
  }

  private Heard telling(CountDownLatch told) {
    return new Heard("task") {
      @Override
      public void afterCompletion(int status) {
        super.afterCompletion(status);
        told.countDown();
      }
    };
  }

  private static void awaits(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }

  /** Beside another, so that it has a thread of its own. */
  private void inATask(TransactionalRunnable<RuntimeException> task) {
    host.inParallel(List.<TransactionalRunnable<RuntimeException>>of(() -> {}, task));
  }

  private Heard ordered(String who, int order) {
    return new Heard(who) {
      @Override
      public int getOrder() {
        return order;
      }
    };
  }
}
