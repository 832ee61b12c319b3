package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.TransactionalRunnable;
import io.txhost.context.Context;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.SimpleJdbcInsert;
import org.springframework.transaction.support.TransactionTemplate;

/** What of Spring's JDBC an application makes over the pool by itself. */
@ExtendWith(NothingLeftBehind.class)
final class OwnTemplatesTest {
  private static final String INSERT = "insert into item values (:id)";
  private final ApplicationContextRunner application =
      Applications.withPool().withUserConfiguration(Own.class);

  /** What is made over the pool, and writes a row. */
  private enum Kind {
    CLIENT_BEAN(
        (context, id) ->
            context.getBean("ownClient", JdbcClient.class).sql(INSERT).param("id", id).update()),
    NAMED_PARAMETERS_BEAN(
        (context, id) ->
            context
                .getBean("ownNamed", NamedParameterJdbcTemplate.class)
                .update(INSERT, Map.of("id", id))),
    CLIENT_IN_PLACE(
        (context, id) -> JdbcClient.create(pool(context)).sql(INSERT).param("id", id).update()),
    NAMED_PARAMETERS_IN_PLACE(
        (context, id) ->
            new NamedParameterJdbcTemplate(pool(context)).update(INSERT, Map.of("id", id))),
    INSERT_IN_PLACE(
        (context, id) ->
            new SimpleJdbcInsert(pool(context)).withTableName("item").execute(Map.of("id", id)));

    private final BiConsumer<ApplicationContext, Integer> writing;

    Kind(BiConsumer<ApplicationContext, Integer> writing) {
      this.writing = writing;
    }

    void write(ApplicationContext context, int id) {
      writing.accept(context, id);
    }
  }

  private static DataSource pool(ApplicationContext context) {
    return context.getBean(DataSource.class);
  }

  @ParameterizedTest
  @EnumSource
  void onTheBoundarysOwnThreadItIsInTheTransactionWhoeverBeganIt(Kind kind) {
    application.run(
        context -> {
          table(context);
          TransactionHost<Connection> host = host(context, Connection.class);

          assertThatThrownBy(() -> host.withTransaction(() -> fail(context, kind)))
              .hasMessage("written");
          assertThatThrownBy(
                  () ->
                      context
                          .getBean(TransactionTemplate.class)
                          .executeWithoutResult(status -> fail(context, kind)))
              .hasMessage("written");
          assertThat(items(context)).isZero();

          host.withTransaction(() -> kind.write(context, 1));
          assertThat(items(context)).isEqualTo(1);
        });
  }

  private static void fail(ApplicationContext context, Kind kind) {
    kind.write(context, 1);
    throw new IllegalStateException("written");
  }

  @ParameterizedTest
  @EnumSource
  void inTasksOfTheHostsItIsInTheTransaction(Kind kind) {
    application.run(
        context -> {
          table(context);
          TransactionHost<Connection> host = host(context, Connection.class);
          TransactionalRunnable<RuntimeException> first = () -> kind.write(context, 1);
          TransactionalRunnable<RuntimeException> second = () -> kind.write(context, 2);

          host.withTransaction(
              () -> {
                host.inParallel(List.of(first, second));
                host.currentTransaction().orElseThrow().setRollbackOnly();
              });

          assertThat(items(context)).isZero();
        });
  }

  @Test
  void aBeanWithNamedParametersThatFellOutDoesNotWriteWithoutATransaction() {
    application.run(
        context -> {
          table(context);
          ExecutorService elsewhere = Executors.newSingleThreadExecutor();
          try {
            host(context, Connection.class)
                .withTransaction(
                    () -> {
                      Runnable late =
                          Context.wrap(() -> Kind.NAMED_PARAMETERS_BEAN.write(context, 1));
                      assertThatThrownBy(() -> elsewhere.submit(late).get())
                          .hasMessageContaining("TXH-");
                    });
          } finally {
            elsewhere.shutdownNow();
          }

          assertThat(items(context)).isZero();
        });
  }

  @Test
  void aClientOverThePoolThatFellOutWritesWithoutATransaction() {
    application.run(
        context -> {
          table(context);
          ExecutorService elsewhere = Executors.newSingleThreadExecutor();
          try {
            TransactionHost<Connection> host = host(context, Connection.class);
            host.withTransaction(
                () -> {
                  Runnable late = Context.wrap(() -> Kind.CLIENT_BEAN.write(context, 1));
                  elsewhere.submit(late).get();
                  host.currentTransaction().orElseThrow().setRollbackOnly();
                });
          } finally {
            elsewhere.shutdownNow();
          }

          assertThat(items(context)).isEqualTo(1);
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Own {
    @Bean
    JdbcClient ownClient(DataSource pool) {
      return JdbcClient.create(pool);
    }

    @Bean
    NamedParameterJdbcTemplate ownNamed(DataSource pool) {
      return new NamedParameterJdbcTemplate(pool);
    }
  }
}
