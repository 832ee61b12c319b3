package io.txhost.spring.boot;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/** Where an application needs its database to start, and there is none, this says which. */
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
            "No connection to the database"
                + address(environment.getProperty("spring.datasource.url"))
                + ": "
                + NestedExceptionUtils.getMostSpecificCause(cause).getMessage(),
            "Start that database, or correct spring.datasource.url, .username and .password, or"
                + " the DataSource bean that takes their place.",
            failure)
        : null;
  }

  private static boolean isOfConnecting(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLTransientConnectionException
        || failure instanceof SQLNonTransientConnectionException
        || (state != null && (state.startsWith(CONNECTION) || state.startsWith(AUTHORIZATION)));
  }

  /** Without the parameters: a password may be among them. */
  private static String address(@Nullable String url) {
    return url == null ? "" : " at " + url.replaceFirst("[?;].*", "");
  }
}
