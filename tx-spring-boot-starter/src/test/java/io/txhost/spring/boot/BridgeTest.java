package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.insert;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.TransactionalRunnable;
import io.txhost.context.Context;
import io.txhost.spring.tx.TxHostTransactionManager;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions and a host's, as an application on Spring Boot has them. */
@ExtendWith(NothingLeftBehind.class)
final class BridgeTest {
  private final ApplicationContextRunner application = Applications.withPool();

  @Test
  void whatSpringHasAndWhatTheHostHasIsOneTransactionWhoeverBeginsIt() {
    application.run(
        context -> {
          table(context);
          TransactionHost<Connection> host = host(context, Connection.class);

          assertThatThrownBy(() -> host.withTransaction(() -> writeByAll(context)))
              .hasMessage("all 4");
          assertThatThrownBy(
                  () ->
                      context
                          .getBean(TransactionTemplate.class)
                          .executeWithoutResult(status -> writeByAll(context)))
              .hasMessage("all 4");
          assertThat(items(context)).isZero();

          context
              .getBean(TransactionTemplate.class)
              .executeWithoutResult(status -> context.getBean(JdbcTemplate.class).execute(ITEM_1));
          assertThat(items(context)).isEqualTo(1);
        });
  }

  private static final String ITEM_1 = "insert into item values (1)";

  private static void writeByAll(ApplicationContext context) {
    context.getBean(JdbcTemplate.class).execute(ITEM_1);
    context.getBean(JdbcClient.class).sql("insert into item values (2)").update();
    context.getBean(DSLContext.class).execute("insert into item values (3)");
    TransactionHost<Connection> host = host(context, Connection.class);
    try {
      insert(host.tx(), 4);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    throw new IllegalStateException(
        "all " + context.getBean(JdbcTemplate.class).queryForObject(COUNT, Integer.class));
  }

  private static final String COUNT = "select count(*) from item";

  @Test
  void anEventListenerOfSpringsHearsOfTheHostsCommit() {
    application
        .withUserConfiguration(Listening.class)
        .run(
            context -> {
              table(context);
              host(context, Connection.class)
                  .withTransaction(
                      () -> {
                        context.getBean(JdbcTemplate.class).execute(ITEM_1);
                        context.publishEvent("ordered");
                        assertThat(context.getBean(Listening.class).heard).isEmpty();
                      });

              assertThat(context.getBean(Listening.class).heard).containsExactly("ordered");
            });
  }

  @Test
  void aTemplateIsInTheTransactionInItsChildren() {
    application.run(
        context -> {
          table(context);
          JdbcTemplate template = context.getBean(JdbcTemplate.class);
          TransactionHost<Connection> host = host(context, Connection.class);
          TransactionalRunnable<RuntimeException> first = () -> template.execute(ITEM_1);
          TransactionalRunnable<RuntimeException> second =
              () -> template.execute("insert into item values (2)");

          host.withTransaction(
              () -> {
                host.inParallel(List.of(first, second));
                assertThat(template.queryForObject(COUNT, Integer.class)).isEqualTo(2);
                assertThat(items(context)).isZero();
                host.currentTransaction().orElseThrow().setRollbackOnly();
              });

          assertThat(items(context)).isZero();
        });
  }

  @Test
  void aTemplateThatFellOutOfTheTransactionDoesNotWriteWithoutOne() throws Exception {
    application.run(
        context -> {
          table(context);
          JdbcTemplate template = context.getBean(JdbcTemplate.class);
          ExecutorService elsewhere = Executors.newSingleThreadExecutor();
          try {
            host(context, Connection.class)
                .withTransaction(
                    () -> {
                      Runnable late = Context.wrap(() -> template.execute(ITEM_1));
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
  void outsideATransactionATemplateWritesAsEver() {
    application.run(
        context -> {
          table(context);
          context.getBean(JdbcTemplate.class).execute(ITEM_1);

          assertThat(items(context)).isEqualTo(1);
        });
  }

  @Test
  void settingsOfSpringsTransactionsHold() {
    application
        .withPropertyValues("spring.transaction.default-timeout=7s")
        .withConfiguration(AutoConfigurations.of(Applications.customization()))
        .run(
            context ->
                assertThat(context.getBean(TxHostTransactionManager.class).getDefaultTimeout())
                    .isEqualTo(7));
  }

  @Test
  void aManagerOfTheApplicationsStandsInPlaceOfOurs() {
    application
        .withUserConfiguration(OwnManager.class)
        .run(
            context ->
                assertThat(context.getBean(PlatformTransactionManager.class))
                    .isExactlyInstanceOf(JdbcTransactionManager.class));
  }

  @Test
  void onRequestSpringBootsManagerIsLeft() {
    application
        .withPropertyValues("txhost.transaction-manager=false")
        .run(
            context -> {
              assertThat(context.getBean(PlatformTransactionManager.class))
                  .isExactlyInstanceOf(JdbcTransactionManager.class);
              assertThat(host(context, Connection.class).name()).isEqualTo("default");
            });
  }

  @Test
  void eachDataSourceHasItsManagerAndThePrimaryOnesComesInWhereNothingIsSaid() {
    Applications.withoutPool()
        .withUserConfiguration(SeveralDataSourcesTest.WithPrimary.class)
        .run(
            context -> {
              assertThat(context.getBeanNamesForType(TxHostTransactionManager.class))
                  .containsExactlyInAnyOrder("transactionManager", "billingTransactionManager");
              assertThat(context.getBean(PlatformTransactionManager.class))
                  .isSameAs(context.getBean("transactionManager"));
              assertThat(
                      context
                          .getBean("billingTransactionManager", TxHostTransactionManager.class)
                          .getResourceFactory())
                  .isSameAs(context.getBean("billing", DataSource.class));
            });
  }

  @Test
  void withoutSpringsTransactionsAllElseIsThere() {
    application
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.transaction", "org.springframework.jdbc.core"))
        .withUserConfiguration(OwnPool.class)
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(TxHostTransactionManager.class);
              assertThat(host(context, Connection.class).name()).isEqualTo("default");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Listening {
    final List<Object> heard = new CopyOnWriteArrayList<>();

    @TransactionalEventListener
    public void on(String event) {
      heard.add(event);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnManager {
    @Bean
    JdbcTransactionManager own(DataSource database) {
      return new JdbcTransactionManager(database);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPool {
    @Bean
    DataSource database() {
      return Applications.database();
    }
  }
}
