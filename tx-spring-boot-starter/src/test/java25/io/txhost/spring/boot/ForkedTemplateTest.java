package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.context.Context;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's {@code JdbcTemplate} in forks of a structured scope, and beside them. */
@ExtendWith(NothingLeftBehind.class)
class ForkedTemplateTest {
  private static final String COUNT = "select count(*) from item";
  private final ApplicationContextRunner application = Applications.withPool();

  @Test
  void inForksItIsInTheTransaction() {
    application.run(
        context -> {
          table(context);
          JdbcTemplate template = context.getBean(JdbcTemplate.class);
          TransactionHost<Connection> host = host(context, Connection.class);

          host.withTransaction(
              () -> {
                forked(() -> insert(template, 1), () -> insert(template, 2));
                assertThat(template.queryForObject(COUNT, Integer.class)).isEqualTo(2);
                assertThat(items(context)).isZero();
                host.currentTransaction().orElseThrow().setRollbackOnly();
              });
          assertThat(items(context)).isZero();

          host.withTransaction(() -> forked(() -> insert(template, 1)));
          assertThat(items(context)).isEqualTo(1);
        });
  }

  @Test
  void oneWithNamedParametersThatTheApplicationMadeIsInTheTransactionInForksToo() {
    application
        .withUserConfiguration(Own.class)
        .run(
            context -> {
              table(context);
              NamedParameterJdbcTemplate named =
                  context.getBean("own", NamedParameterJdbcTemplate.class);
              TransactionHost<Connection> host = host(context, Connection.class);

              host.withTransaction(
                  () -> {
                    forked(() -> named.update("insert into item values (:id)", Map.of("id", 1)));
                    host.currentTransaction().orElseThrow().setRollbackOnly();
                  });

              assertThat(items(context)).isZero();
            });
  }

  @Test
  void springsTransactionsAreRefusedInForksAndNothingIsWritten() {
    application.run(
        context -> {
          table(context);
          JdbcTemplate template = context.getBean(JdbcTemplate.class);
          TransactionTemplate springs = context.getBean(TransactionTemplate.class);

          assertThatThrownBy(
                  () ->
                      host(context, Connection.class)
                          .withTransaction(
                              () ->
                                  forked(
                                      () ->
                                          springs.executeWithoutResult(
                                              status -> insert(template, 1)))))
              .hasStackTraceContaining("TXH-641");

          assertThat(items(context)).isZero();
        });
  }

  @Test
  void whatFellOutOfTheTransactionIsRefusedAndNothingIsWritten() {
    application.run(
        context -> {
          table(context);
          JdbcTemplate template = context.getBean(JdbcTemplate.class);

          host(context, Connection.class)
              .withTransaction(
                  () -> {
                    Runnable outside = Context.wrap(() -> insert(template, 1));
                    assertThatThrownBy(() -> onThread(outside)).hasMessageContaining("TXH-");
                  });

          assertThat(items(context)).isZero();
        });
  }

  @Test
  void onABareThreadItIsSpringsOwnAutoCommit() {
    application.run(
        context -> {
          table(context);
          JdbcTemplate template = context.getBean(JdbcTemplate.class);
          TransactionHost<Connection> host = host(context, Connection.class);

          host.withTransaction(
              () -> {
                onThread(() -> insert(template, 1));
                host.currentTransaction().orElseThrow().setRollbackOnly();
              });

          assertThat(items(context)).isEqualTo(1);
        });
  }

  private static void insert(JdbcTemplate template, int id) {
    template.update("insert into item values (?)", id);
  }

  /** What the thread threw, thrown here. */
  private static void onThread(Runnable task) throws InterruptedException {
    FutureTask<@Nullable Void> running = new FutureTask<>(task, null);
    Thread.ofVirtual().start(running);
    try {
      running.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void forked(Runnable... tasks) throws InterruptedException {
    try (var scope = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow())) {
      for (Runnable task : tasks) {
        scope.fork(task);
      }
      scope.join();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Own {
    @Bean
    NamedParameterJdbcTemplate own(DataSource pool) {
      return new NamedParameterJdbcTemplate(pool);
    }
  }
}
