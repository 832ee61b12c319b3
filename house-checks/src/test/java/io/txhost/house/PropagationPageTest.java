package io.txhost.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;
import io.txhost.TransactionalRunnable;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.RecordingDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds the transcripts of docs/propagation.md to what is really sent. */
final class PropagationPageTest {
  private final JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:", "sa", "");
  private final RecordingDataSource recorder = RecordingDataSource.over(pool);
  private final TransactionHost<Connection> host =
      TransactionHost.create(JdbcAdapter.over(recorder));

  @AfterEach
  void close() {
    pool.dispose();
  }

  @Test
  void theTableOfTranscriptsIsWhatTheDatabaseIsTold() throws IOException {
    String page = Files.readString(House.ROOT.resolve("docs/propagation.md"));

    assertThat(Arrays.stream(Propagation.values()).map(this::row))
        .allSatisfy(row -> assertThat(page).contains(row));
  }

  private String row(Propagation mode) {
    return "| `%s` | %s | %s |"
        .formatted(
            mode,
            told(
                () ->
                    host.withTransaction(
                        () -> {
                          statement();
                          host.withTransaction(mode, this::statement);
                          statement();
                        })),
            told(() -> host.withTransaction(mode, this::statement)));
  }

  private String told(TransactionalRunnable<SQLException> work) {
    recorder.clear();
    try {
      work.run();
      return "`" + String.join(" ", recorder.transcript()) + "`";
    } catch (TransactionException refusal) {
      return "`" + refusal.getClass().getSimpleName() + "`";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void statement() throws SQLException {
    try (Statement statement = host.tx().createStatement()) {
      statement.execute("select 1");
    }
  }
}
