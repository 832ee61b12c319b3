package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.insert;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.BeginHook;
import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.RetryPolicy;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** What {@code txhost.*} does to the hosts. */
@ExtendWith(NothingLeftBehind.class)
final class PropertiesTest {
  private final ApplicationContextRunner application = Applications.withPool();

  @Test
  void defaultOptionsAndRetryAreTheHosts() {
    application
        .withPropertyValues(
            "txhost.default-options.propagation=requires-new",
            "txhost.default-options.isolation=serializable",
            "txhost.default-options.read-only=true",
            "txhost.default-options.timeout=5s",
            "txhost.default-options.rollback-for=java.io.IOException",
            "txhost.default-options.no-rollback-for=java.sql.SQLException",
            "txhost.retry.max-attempts=3",
            "txhost.retry.initial-delay=10ms",
            "txhost.retry.max-delay=1s",
            "txhost.retry.also-on=java.io.IOException",
            "txhost.retry.also-on-sql-state=55P03")
        .run(
            context -> {
              TransactionOptions options = host(context, Connection.class).defaultOptions();

              assertThat(options.toString())
                  .isEqualTo(
                      TransactionOptions.defaults()
                          .propagation(Propagation.REQUIRES_NEW)
                          .isolation(Isolation.SERIALIZABLE)
                          .readOnly(true)
                          .timeout(Duration.ofSeconds(5))
                          .rollbackFor(IOException.class)
                          .noRollbackFor(SQLException.class)
                          .retry(
                              RetryPolicy.maxAttempts(3)
                                  .initialDelay(Duration.ofMillis(10))
                                  .maxDelay(Duration.ofSeconds(1))
                                  .alsoOn(IOException.class)
                                  .alsoOnSqlState("55P03"))
                          .toString());
            });
  }

  @Test
  void aHostsOwnLieOverThoseOfAll() {
    application
        .withPropertyValues(
            "txhost.default-options.timeout=5s",
            "txhost.default-options.read-only=true",
            "txhost.hosts.default.default-options.timeout=7s")
        .run(
            context -> {
              TransactionOptions options = host(context, Connection.class).defaultOptions();

              assertThat(options.timeout()).hasValue(Duration.ofSeconds(7));
              assertThat(options.toString()).contains("readOnly=true");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "txhost.fallback-policy=deny, true",
    "txhost.fallback-policy=allow, false",
    "txhost.hosts.default.fallback-policy=allow, false",
    "txhost.enabled=true, true",
  })
  void theFallbackPolicyIsTheHosts(String property, boolean isRefused) {
    application
        .withPropertyValues(property)
        .run(
            context -> {
              table(context);
              TransactionHost<Connection> host = host(context, Connection.class);

              if (isRefused) {
                assertThatThrownBy(() -> insert(host.tx(), 1))
                    .isInstanceOf(TransactionRequiredException.class);
              } else {
                insert(host.tx(), 1);
              }
              assertThat(items(context)).isEqualTo(isRefused ? 0 : 1);
            });
  }

  @ParameterizedTest
  @CsvSource({"txhost.enabled=false", "txhost.hosts.default.enabled=false"})
  void aDisabledHostUndoesNothing(String property) {
    application
        .withPropertyValues(property)
        .run(
            context -> {
              table(context);
              TransactionHost<Connection> host = host(context, Connection.class);

              assertThatThrownBy(() -> host.withTransaction(() -> insertAndFail(host)))
                  .hasMessage("asked");
              assertThat(items(context)).isEqualTo(1);
            });
  }

  private static void insertAndFail(TransactionHost<Connection> host) throws SQLException {
    insert(host.tx(), 1);
    throw new IllegalStateException("asked");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "txhost.hosts.billing.enabled=true | TXH-660 | It makes default.",
        "txhost.default-options.timeout=-5s | TXH-661 | timeout",
        "txhost.retry.max-attempts=0 | TXH-661 | attempts",
        "txhost.retry.initial-delay=1s | TXH-661 | txhost.retry.max-attempts is missing",
        "txhost.hosts.default.retry.max-delay=1s | TXH-661 | default.retry.max-attempts is missing",
        "txhost.diagnostics=off | TXH-663 | -Dtxhost.diagnostics=off",
      })
  void whatCannotBeMeantIsRefusedAtStart(String property, String code, String words) {
    application
        .withPropertyValues(property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining(code)
                    .hasMessageContaining(words)
                    .hasMessageNotContaining("null"));
  }

  @Test
  void aCarrierThatComesTooLateIsRefused() {
    String other = Runtime.version().feature() < 25 ? "scoped-value" : "thread-local";
    application
        .withPropertyValues("txhost.carrier=" + other)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("TXH-663")
                    .hasMessageContaining("-Dtxhost.carrier=" + other));
  }

  @Test
  void aPropertyThatThereIsNotIsRefused() {
    application
        .withPropertyValues("txhost.fallback-polcy=deny")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("were left unbound"));
  }

  @Test
  void withoutAHostOfOursItsSettingsAreRefused() {
    application
        .withUserConfiguration(OneDataSourceTest.OwnHost.class)
        .withPropertyValues("txhost.hosts.mine.fallback-policy=deny")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                    .hasMessageContaining("TXH-660")
                    .hasMessageContaining("the application has hosts of its own"));
  }

  @Test
  void listenersHooksAndCustomizersThatAreBeansAreTheHostsInTheirOrder() {
    application
        .withUserConfiguration(Hooks.class)
        .run(
            context -> {
              table(context);
              TransactionHost<Connection> host = host(context, Connection.class);
              host.withTransaction(() -> insert(host.tx(), 1));

              assertThat(context.getBean(Hooks.class).heard)
                  .containsExactly("customized default", "first hook", "second hook", "committed");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Hooks {
    final List<String> heard = new CopyOnWriteArrayList<>();

    @Bean
    TransactionListener listener() {
      return new TransactionListener() {
        @Override
        public void committed(TransactionInfo transaction) {
          heard.add("committed");
        }
      };
    }

    @Bean
    @Order(2)
    BeginHook<Connection> second() {
      return (connection, transaction) -> heard.add("second hook");
    }

    @Bean
    @Order(1)
    BeginHook<Connection> first() {
      return (connection, transaction) -> heard.add("first hook");
    }

    @Bean
    TransactionHostCustomizer customizer() {
      return (name, host) -> heard.add("customized " + name);
    }
  }
}
