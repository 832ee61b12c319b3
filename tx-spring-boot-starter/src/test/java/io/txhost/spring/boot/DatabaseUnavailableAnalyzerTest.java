package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Which failures of a start are told as those of a database that does not answer, and how. */
final class DatabaseUnavailableAnalyzerTest {
  private final StandardEnvironment environment = new StandardEnvironment();
  private final DatabaseUnavailableAnalyzer analyzer = new DatabaseUnavailableAnalyzer(environment);

  static Stream<SQLException> ofConnecting() {
    return Stream.of(
        new SQLException("refused", "08001"),
        new SQLException("wrong password", "28P01"),
        new SQLTransientConnectionException("none was free"));
  }

  @ParameterizedTest
  @MethodSource("ofConnecting")
  void whatKeepsFromConnectingIsTold(SQLException failure) {
    assertThat(analyzer.analyze(new IllegalStateException("start", failure)).getDescription())
        .endsWith(": " + failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "42601", ""})
  void whatAStatementFailedByIsLeftToOthers(String state) {
    assertThat(analyzer.analyze(new SQLException("of a statement", state))).isNull();
  }

  @Test
  void theAddressThatIsConfiguredIsNamedWithoutItsParameters() {
    set("jdbc:postgresql://db/shop?password=secret");

    FailureAnalysis told = analyzer.analyze(new SQLException("refused", "08001"));

    assertThat(told.getAction())
        .contains("spring.datasource.url, which is jdbc:postgresql://db/shop,")
        .doesNotContain("secret");
  }

  @Test
  void thePoolsWordIsThereTooAndWhatIsBehindIt() {
    SQLException failure = new SQLTransientConnectionException("none was free");
    failure.initCause(new SQLException("Connection to db:5432 refused", "08001"));

    assertThat(analyzer.analyze(failure).getDescription())
        .isEqualTo("No connection to a database: none was free (Connection to db:5432 refused)");
  }

  @Test // an application with several, or with a bean that knows the address
  void theAddressIsNotSaidToBeThatOfTheDatabaseThatFailed() {
    set("jdbc:postgresql://db/shop");

    assertThat(analyzer.analyze(new SQLException("refused", "08001")).getDescription())
        .isEqualTo("No connection to a database: refused");
  }

  private void set(String url) {
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of("spring.datasource.url", url)));
  }
}
