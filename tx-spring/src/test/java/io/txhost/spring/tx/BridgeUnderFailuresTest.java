package io.txhost.spring.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NESTED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_NOT_SUPPORTED;
import static org.springframework.transaction.TransactionDefinition.PROPAGATION_REQUIRES_NEW;

import io.txhost.Propagation;
import io.txhost.TransactionOptions;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Whatever fails on the way: the outcome is told as it is, and nothing stays on the thread. */
class BridgeUnderFailuresTest extends Bridged {

  /** Where a synchronization of Spring's can fail. */
  enum Step {
    SUSPEND,
    RESUME,
    BEFORE_COMMIT,
    BEFORE_COMPLETION,
    AFTER_COMMIT,
    AFTER_COMPLETION
  }

  /** Fails there. */
  private static final class Failing implements TransactionSynchronization {
    private final Step step;
    private final RuntimeException failure;

    Failing(Step step, RuntimeException failure) {
      this.step = step;
      this.failure = failure;
    }

    private void at(Step here) {
      if (here == step) {
        throw failure;
      }
    }

    @Override
    public void suspend() {
      at(Step.SUSPEND);
    }

    @Override
    public void resume() {
      at(Step.RESUME);
    }

    @Override
    public void beforeCommit(boolean readOnly) {
      at(Step.BEFORE_COMMIT);
    }

    @Override
    public void beforeCompletion() {
      at(Step.BEFORE_COMPLETION);
    }

    @Override
    public void afterCommit() {
      at(Step.AFTER_COMMIT);
    }

    @Override
    public void afterCompletion(int status) {
      at(Step.AFTER_COMPLETION);
    }
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void inAHostsBoundaryNothingStaysAndTheOutcomeIsTrue(Step step) {
    var failure = new IllegalStateException("synchronization");
    Throwable thrown =
        catchThrowable(
            () ->
                host.withTransaction(
                    () -> {
                      TransactionSynchronizationManager.registerSynchronization(
                          new Failing(step, failure));
                      springInserts("a");
                      host.withTransaction(Propagation.REQUIRES_NEW, () -> springInserts("b"));
                    }));

    boolean keeps =
        step == Step.BEFORE_COMPLETION
            || step == Step.AFTER_COMMIT
            || step == Step.AFTER_COMPLETION;
    assertThat(items().contains("a")).isEqualTo(keeps);
    assertThat(items().contains("b")).isEqualTo(step != Step.SUSPEND);
    if (keeps) {
      assertThat(thrown).isNull();
    } else {
      assertThat(thrown).isSameAs(failure);
    }
  }

  @ParameterizedTest
  @EnumSource(Step.class)
  void inSpringsTransactionNothingStaysEither(Step step) {
    var failure = new IllegalStateException("synchronization");
    Throwable thrown =
        catchThrowable(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          TransactionSynchronizationManager.registerSynchronization(
                              new Failing(step, failure));
                          springInserts("a");
                          host.withTransaction(Propagation.REQUIRES_NEW, () -> hostInserts("b"));
                        }));

    boolean keeps =
        step == Step.BEFORE_COMPLETION
            || step == Step.AFTER_COMMIT
            || step == Step.AFTER_COMPLETION;
    assertThat(items().contains("a")).isEqualTo(keeps);
    if (keeps && step != Step.AFTER_COMMIT) {
      assertThat(thrown).isNull();
    } else {
      assertThat(thrown).isSameAs(failure); // of afterCommit, too: as Spring does
    }
  }

  @Test
  void aHostsHookThatFailsBeforeTheCommitUndoesSpringsTransaction() {
    var failure = new IllegalStateException("hook");
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          listen("one");
                          springInserts("a");
                          host.currentTransaction()
                              .orElseThrow()
                              .beforeCommit(
                                  () -> {
                                    throw failure;
                                  });
                        }))
        .isSameAs(failure);
    assertThat(items()).isEmpty();
    assertThat(heard).containsExactly("one beforeCompletion", "one ROLLED_BACK");
  }

  @Test
  void aHostsHookThatThrowsACheckedExceptionUndoesTheHostsAndLeavesAsItIs() {
    var failure = new IOException("hook");
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen("one");
                      springInserts("a");
                      host.currentTransaction()
                          .orElseThrow()
                          .beforeCommit(
                              () -> {
                                throw failure;
                              });
                    }))
        .isSameAs(failure);
    assertThat(items()).isEmpty();
    assertThat(heard).containsExactly("one beforeCompletion", "one ROLLED_BACK");
  }

  @Test
  void aHookThatMarksWhileTheCommitIsUnderWayIsNeverToldAsACommit() {
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          listen("one");
                          springInserts("a");
                          var transaction = host.currentTransaction().orElseThrow();
                          TransactionSynchronizationManager.registerSynchronization(
                              new TransactionSynchronization() {
                                @Override
                                public void beforeCommit(boolean readOnly) {
                                  transaction.beforeCommit(transaction::setRollbackOnly);
                                }
                              });
                        }))
        .isInstanceOf(UnexpectedRollbackException.class);
    assertThat(items()).isEmpty();
    assertThat(heard).endsWith("one ROLLED_BACK");
  }

  @Test
  void aTimeThatIsOverRollsBackAndIsToldSo() {
    var late = TransactionOptions.defaults().timeout(Duration.ofMillis(1));
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    late,
                    () -> {
                      listen("one");
                      while (!host.currentTransaction()
                          .orElseThrow()
                          .remainingTime()
                          .orElseThrow()
                          .isZero()) {
                        Thread.onSpinWait();
                      }
                    }))
        .isInstanceOf(io.txhost.TransactionTimedOutException.class);
    assertThat(heard).endsWith("one ROLLED_BACK");
  }

  @Test
  void aStatementOfSpringsPastTheTimeMarks() {
    var template = spring();
    template.setTimeout(0);
    assertThatThrownBy(() -> template.executeWithoutResult(status -> springInserts("a")))
        .isInstanceOf(RuntimeException.class);
    assertThat(items()).isEmpty();
  }

  // ---- what is left open

  @Test
  void aTransactionOfSpringsThatIsLeftOpenInAHostsBoundaryIsUndoneAndRefused() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      listen("outer");
                      springInserts("a");
                      manager.getTransaction(definition(PROPAGATION_REQUIRES_NEW));
                      listen("left");
                      springInserts("b");
                    }))
        .isInstanceOf(io.txhost.TransactionException.class);
    assertThat(items()).isEmpty();
    assertThat(heard)
        .containsExactly(
            "outer suspend",
            "left beforeCompletion",
            "left ROLLED_BACK",
            "outer resume",
            "outer beforeCompletion",
            "outer ROLLED_BACK");
  }

  @ParameterizedTest
  @EnumSource(value = Propagation.class, mode = EnumSource.Mode.EXCLUDE, names = "NEVER")
  void whatIsLeftOpenInAScopeOfSpringsIsUndoneAndRefused(Propagation mode) {
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          hostInserts("a");
                          host.begin(TransactionOptions.defaults().propagation(mode));
                        }))
        .hasMessageStartingWith("TXH-118");
    assertThat(items()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {PROPAGATION_REQUIRES_NEW, PROPAGATION_NOT_SUPPORTED, PROPAGATION_NESTED})
  void aTransactionOfSpringsThatIsLeftOpenInAScopeOfSpringsIsUndoneAndRefused(int propagation) {
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          springInserts("a");
                          manager.getTransaction(definition(propagation));
                        }))
        .hasMessageStartingWith("TXH-118");
    assertThat(items()).isEmpty();
  }

  @Test
  void whatIsLeftOpenInAScopeOfSpringsThatFailsIsUndoneAndTheFailureLeaves() {
    var failure = new IllegalStateException("the work's");
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          hostInserts("a");
                          host.begin();
                          throw failure;
                        }))
        .isSameAs(failure);
    assertThat(items()).isEmpty();
  }

  @Test
  void aSynchronizationThatFailsAtASavepointLeavesNothingOpen() {
    var failure = new IllegalStateException("the synchronization's");
    assertThatThrownBy(
            () ->
                spring()
                    .executeWithoutResult(
                        status -> {
                          springInserts("a");
                          TransactionSynchronizationManager.registerSynchronization(
                              new TransactionSynchronization() {
                                @Override
                                public void savepoint(Object savepoint) {
                                  throw failure;
                                }
                              });
                          spring(PROPAGATION_NESTED).executeWithoutResult(inner -> {});
                        }))
        .isSameAs(failure);
    assertThat(items()).isEmpty();
  }

  @Test
  void whatIsLeftOpenAfterTheCommitIsUndone() {
    spring()
        .executeWithoutResult(
            status -> {
              springInserts("a");
              TransactionSynchronizationManager.registerSynchronization(
                  new TransactionSynchronization() {
                    @Override
                    public void afterCommit() {
                      host.begin();
                      hostInserts("b");
                    }
                  });
            });
    assertThat(items()).containsExactly("a");
  }

  @Test
  void aScopeWithoutATransactionThatIsLeftOpenLeavesNothing() {
    assertThatThrownBy(
            () ->
                host.withTransaction(
                    () -> {
                      springInserts("a");
                      manager.getTransaction(definition(PROPAGATION_NOT_SUPPORTED));
                    }))
        .isInstanceOf(RuntimeException.class);
    assertThat(items()).isEmpty();
  }

  @Test
  void aSavepointThatIsNeverReleasedEndsWithItsScope() {
    host.withTransaction(
        () ->
            spring()
                .executeWithoutResult(
                    status -> {
                      springInserts("a");
                      status.createSavepoint();
                      springInserts("b");
                    }));
    assertThat(items()).containsExactly("a", "b");
  }

  private static TransactionDefinition definition(int propagation) {
    return new org.springframework.transaction.support.DefaultTransactionDefinition(propagation);
  }
}
