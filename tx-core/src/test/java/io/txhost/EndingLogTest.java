package io.txhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the log says of rollbacks and retries. */
class EndingLogTest extends CoreTest {
  private static final Logger LOG = Logger.getLogger("io.txhost");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
    LOG.setLevel(Level.FINE);
  }

  @AfterEach
  void noMore() {
    LOG.setLevel(null);
    LOG.removeHandler(handler);
  }

  private String line(String containing) {
    return lines.stream().filter(line -> line.contains(containing)).findFirst().orElse("none");
  }

  @Test
  void aRetrySaysWhichAttemptOfHowManyAndAfterWhatAndQuotesNothing() {
    SQLException victim = new SQLException("insert into t values ('secret')", "40001");
    Throwable unused =
        catchThrowable(
            () ->
                host.withTransaction(
                    named("orders").retry(RetryPolicy.maxAttempts(3).initialDelay(Duration.ZERO)),
                    () -> {
                      throw new IllegalStateException("wrapping 'secret'", victim);
                    }));

    assertThat(line("attempt 2 of 3 (40001)")).startsWith("INFO Tx ").contains("'orders'");
    assertThat(line("attempt 3 of 3 (40001)")).startsWith("INFO Tx ");
    assertThat(lines).noneMatch(line -> line.contains("secret"));
  }

  @Test
  void aRetryOfNoSqlStateNamesTheFailure() {
    Throwable unused =
        catchThrowable(
            () ->
                host.withTransaction(
                    named("orders")
                        .retry(
                            RetryPolicy.maxAttempts(2)
                                .initialDelay(Duration.ZERO)
                                .alsoOn(IOException.class)),
                    () -> {
                      throw new IOException("secret");
                    }));

    assertThat(line("attempt 2 of 2 (java.io.IOException)")).startsWith("INFO ");
  }

  @Test
  void aRollbackSaysWhyBelowTheDefaultLevel() {
    Throwable unused =
        catchThrowable(
            () ->
                host.withTransaction(
                    named("failed"),
                    () -> {
                      throw new IOException("secret");
                    }));
    host.withTransaction(
        named("asked"), () -> host.currentTransaction().orElseThrow().setRollbackOnly());
    Throwable swallowed =
        catchThrowable(
            () ->
                host.withTransaction(
                    named("outer"),
                    () ->
                        swallowing(
                            () ->
                                host.withTransaction(
                                    named("joiner"),
                                    () -> {
                                      throw new IOException("secret");
                                    }))));
    TransactionHost<RecordingAdapter.Db> judging =
        host().rollbackIf(String.class, "no"::equals).build();
    judging.<String, RuntimeException>withTransaction(named("judged"), () -> "no");

    assertThat(swallowed).isInstanceOf(UnexpectedRollbackException.class);
    assertThat(line("'failed'")).startsWith("FINE Tx ").contains("java.io.IOException");
    assertThat(line("'asked'")).contains("its own code asked for it");
    assertThat(line("'outer'")).contains("'joiner', which joined it, failed with");
    assertThat(line("'judged'")).contains("its result means failure");
    assertThat(lines).noneMatch(line -> line.contains("secret"));
  }

  @Test
  void aBlockThatIsUndoneSaysWhyToo() {
    host.withTransaction(
        named("outer"),
        () ->
            swallowing(
                () ->
                    host.withTransaction(
                        as(Propagation.NESTED, "block"),
                        () -> {
                          throw new IOException("x");
                        })));

    assertThat(line("NESTED 'block'")).contains("was rolled back: it failed with java.io.IO");
    assertThat(line("'outer'")).isEqualTo(line("NESTED 'block'"));
  }
}
