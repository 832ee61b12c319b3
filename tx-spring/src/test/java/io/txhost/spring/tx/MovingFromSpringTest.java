package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.ManualTransaction;
import io.txhost.Propagation;
import io.txhost.Transaction;
import io.txhost.TransactionOptions;
import io.txhost.Transactional;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The code of docs/moving-from-spring.md: Spring's way, and the host's, with the same outcome. */
class MovingFromSpringTest extends Bridged {
  private final Orders orders = new Orders();

  private final class Orders {
    void place(String name) {
      hostInserts(name);
    }
  }

  @Test
  void aTemplateBecomesABoundary() {
    TransactionTemplate template = spring();
    template.executeWithoutResult(status -> orders.place("by Spring"));

    host.withTransaction(() -> orders.place("by the host"));

    assertThat(items()).containsExactly("by Spring", "by the host");
  }

  @Test
  void theTemplatesSettingsBecomeOptions() {
    TransactionTemplate template = spring();
    template.setTimeout(5);
    template.setName("place");
    template.executeWithoutResult(status -> orders.place("by Spring"));

    TransactionOptions place =
        TransactionOptions.defaults().name("place").timeout(Duration.ofSeconds(5));
    host.withTransaction(place, () -> orders.place("by the host"));

    assertThat(items()).containsExactly("by Spring", "by the host");
  }

  @Test
  void aManagerBecomesABoundaryThatIsEndedByHand() {
    TransactionStatus status = manager.getTransaction(new DefaultTransactionDefinition());
    orders.place("by Spring");
    manager.commit(status);

    try (ManualTransaction transaction = host.begin()) {
      orders.place("by the host");
      transaction.commit();
    }

    assertThat(items()).containsExactly("by Spring", "by the host");
  }

  @Test
  void aSavepointBecomesANestedBoundary() {
    spring()
        .executeWithoutResult(
            status -> {
              Object savepoint = status.createSavepoint();
              orders.place("undone by Spring");
              status.rollbackToSavepoint(savepoint);
            });

    host.withTransaction(
        () -> {
          orders.place("outer");
          assertThatThrownBy(
                  () ->
                      host.withTransaction(
                          Propagation.NESTED,
                          () -> {
                            orders.place("inner");
                            throw new IllegalStateException("undone");
                          }))
              .hasMessage("undone");
        });

    assertThat(items()).containsExactly("outer");
  }

  @Test
  void aSynchronizationBecomesAHook() {
    spring()
        .executeWithoutResult(
            status ->
                TransactionSynchronizationManager.registerSynchronization(
                    new TransactionSynchronization() {
                      @Override
                      public void afterCommit() {
                        heard.add("by Spring");
                      }
                    }));

    host.withTransaction(
        () -> {
          Transaction transaction = host.currentTransaction().orElseThrow();
          transaction.afterCommit(() -> heard.add("by the host"));
        });

    assertThat(heard).containsExactly("by Spring", "by the host");
  }

  @Test
  void aMarkIsSetOnTheTransaction() {
    host.withTransaction(
        () -> {
          orders.place("undone");
          host.currentTransaction().orElseThrow().setRollbackOnly();
        });

    assertThat(items()).isEmpty();
  }

  static class Imports {
    @Transactional(noRollbackFor = IOException.class)
    void run() throws IOException {
      throw new IOException("the file ends too soon");
    }
  }

  @Test
  void springsRuleForACheckedExceptionIsKeptByName() throws Exception {
    Transactional kept = Imports.class.getDeclaredMethod("run").getAnnotation(Transactional.class);
    TransactionOptions options = TransactionOptions.of(kept, "Imports.run");

    assertThatThrownBy(
            () ->
                host.withTransaction(
                    options,
                    () -> {
                      orders.place("kept");
                      new Imports().run();
                    }))
        .isInstanceOf(IOException.class);
    assertThat(items()).containsExactly("kept");
  }
}
