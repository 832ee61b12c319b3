package io.txhost.test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Runs the scripts that clean a database after a test. */
final class CleaningScripts {
  private static final Pattern END = Pattern.compile(";[ \\t]*(\\R|\\z)");

  private CleaningScripts() {}

  /** Runs all, each statement by itself; what went wrong is returned. */
  static Optional<Leftover> run(String[] scripts, Class<?> testClass, DataSource dataSource) {
    String running = "";
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String script : scripts) {
        running = script;
        for (String sql : END.split(read(script, testClass), -1)) {
          if (!SqlText.of(sql + "\n").bare().isBlank()) {
            statement.execute(sql);
          }
        }
      }
      return Optional.empty();
    } catch (SQLException | IOException e) {
      return Optional.of(failed(running, e));
    }
  }

  private static String read(String script, Class<?> testClass) throws IOException {
    try (InputStream resource = testClass.getResourceAsStream(script)) {
      if (resource == null) {
        throw new IOException("no such resource, seen from " + testClass.getName());
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Leftover failed(String script, Exception failure) {
    return new Leftover(
        "TXH-728 The database was not cleaned after the test: script '"
            + script
            + "' of @TxTest failed, see the suppressed failure",
        Optional.of(failure));
  }
}
