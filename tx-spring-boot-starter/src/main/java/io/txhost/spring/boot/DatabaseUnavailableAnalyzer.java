package io.txhost.spring.boot;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * Where an application needs a database to start, and it does not answer. Which one that was, the
 * driver says; the address that is configured may be another's, where there are several.
 */
final class DatabaseUnavailableAnalyzer extends AbstractFailureAnalyzer<SQLException> {
  private static final String CONNECTION = "08";
  private static final String AUTHORIZATION = "28";

  private final Environment environment;

  DatabaseUnavailableAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable failure, SQLException cause) {
    return isOfConnecting(cause)
        ? new FailureAnalysis(
            "No connection to a database: " + said(cause),
            "Start that database, or correct its address and user: spring.datasource.url"
                + address(environment.getProperty("spring.datasource.url"))
                + ", .username and .password, or the application's own DataSource or"
                + " JdbcConnectionDetails bean.",
            failure)
        : null;
  }

  /** The driver's or the pool's word, which names the server, and what is behind it. */
  private static String said(SQLException failure) {
    Throwable behind = NestedExceptionUtils.getMostSpecificCause(failure);
    return behind == failure
        ? String.valueOf(failure.getMessage())
        : failure.getMessage() + " (" + behind.getMessage() + ")";
  }

  private static boolean isOfConnecting(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLTransientConnectionException
        || failure instanceof SQLNonTransientConnectionException
        || (state != null && (state.startsWith(CONNECTION) || state.startsWith(AUTHORIZATION)));
  }

  /** Without the parameters: a password may be among them. */
  private static String address(@Nullable String url) {
    return url == null ? "" : ", which is " + url.replaceFirst("[?;].*", "");
  }
}
