package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.RecordingAdapter.Db;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A host whose transactions are disabled. */
class DisabledHostTest extends CoreTest {
  private final TransactionHost<Db> disabled = host().enabled(false).build();

  @Test
  void nothingIsBegunAndEachStatementAutoCommits() { // B12
    disabled.withTransaction(
        () -> {
          disabled.tx().sql("a");
          disabled.withTransaction(Propagation.NESTED, () -> disabled.tx().sql("b"));
          disabled.withTransaction(Propagation.REQUIRES_NEW, () -> disabled.tx().sql("c"));
        });

    assertThat(adapter.transactions).isEmpty();
    assertThat(transcript()).containsExactly("AUTO a", "AUTO b", "AUTO c");
  }

  @Test
  void boundariesChecksAndHooksAreAsIfActive() { // B12
    List<String> ran = new ArrayList<>();
    assertThatThrownBy(() -> disabled.withTransaction(Propagation.MANDATORY, () -> {}))
        .isInstanceOf(TransactionRequiredException.class);
    IllegalStateException first = new IllegalStateException("first");

    disabled.withTransaction(
        () -> {
          assertThat(disabled.isTransactionActive()).isTrue();
          Transaction here = disabled.currentTransaction().orElseThrow();
          here.beforeCommit(() -> ran.add("before"));
          here.afterCommit(() -> ran.add("after"));
          assertThatThrownBy(() -> disabled.withTransaction(Propagation.NEVER, () -> {}))
              .isInstanceOf(TransactionAlreadyActiveException.class);
        });
    assertThatThrownBy(
            () ->
                disabled.withTransaction(
                    () ->
                        catchThrowable(
                            () ->
                                disabled.withTransaction(
                                    () -> {
                                      throw first;
                                    }))))
        .isInstanceOf(UnexpectedRollbackException.class)
        .hasCause(first);

    assertThat(ran).containsExactly("before", "after");
    assertThat(disabled.describe()).contains("no transaction");
    assertThat(disabled).hasToString("host 'default'");
  }

  @Test
  void aFailureUndoesNothingWhichIsLoggedOnce() { // B12
    List<String> logged = new ArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            logged.add(java.text.MessageFormat.format(record.getMessage(), record.getParameters()));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("io.txhost");
    logger.addHandler(handler);
    try {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(
                () ->
                    disabled.withTransaction(
                        named("undone"),
                        () -> {
                          catchThrowable(
                              () ->
                                  disabled.withTransaction(
                                      Propagation.NESTED,
                                      () -> {
                                        throw new IOException("block");
                                      }));
                          throw new IOException("whole");
                        }))
            .hasMessage("whole")
            .hasNoSuppressedExceptions();
      }
    } finally {
      logger.removeHandler(handler);
    }

    assertThat(logged).filteredOn(line -> line.contains("TXH-405")).hasSize(1);
    assertThat(logged.get(0)).contains("'undone'");
  }

  @Test
  void theAdapterKeepsItsSayInWhatIsItsOwn() {
    assertThat(adapter.attachedTo).isSameAs(disabled);
    adapter.effective = asked -> Isolation.SERIALIZABLE;
    disabled.withTransaction(
        () ->
            assertThat(disabled.currentTransaction().orElseThrow().isolation())
                .isEqualTo(Isolation.SERIALIZABLE));
    List<Integer> attempts = new ArrayList<>();
    catchThrowable(
        () ->
            disabled.withTransaction(
                named("again")
                    .retry(RetryPolicy.maxAttempts(2).initialDelay(java.time.Duration.ZERO)),
                () -> {
                  attempts.add(1);
                  throw state("40001");
                }));
    assertThat(attempts).hasSize(2);
  }
}
