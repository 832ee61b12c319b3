package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.insert;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.spring.EnableTransactionHosts;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

/** What an application with one {@code DataSource} gets. */
@ExtendWith(NothingLeftBehind.class)
final class OneDataSourceTest {
  private final ApplicationContextRunner application = Applications.withPool();

  @Test
  void whereTheOldestSpringBootIsTriedItIsThatOne() {
    String oldest = System.getProperty("boot.oldest");

    assertThat(SpringBootVersion.getVersion()).startsWith(oldest == null ? "4." : oldest);
  }

  @Test
  void anAnnotatedHandlerCommitsAndRollsBack() {
    application
        .withUserConfiguration(Shop.class)
        .run(
            context -> {
              table(context);
              Handler handler = context.getBean(Handler.class);

              handler.execute(1, false);
              assertThatThrownBy(() -> handler.execute(2, true)).hasMessage("asked");

              assertThat(items(context)).isEqualTo(1);
              assertThat(host(context, Connection.class).name()).isEqualTo("default");
            });
  }

  @Test
  void jdbcJdbiAndJooqAreOneTransaction() {
    application.run(
        context -> {
          table(context);
          TransactionHost<Handle> handles = host(context, Handle.class);
          TransactionHost<DSLContext> dsls = host(context, DSLContext.class);

          assertThatThrownBy(
                  () ->
                      host(context, Connection.class)
                          .withTransaction(() -> writeByAll(context, handles, dsls)))
              .hasMessage("after 5");

          assertThat(items(context)).isZero();
        });
  }

  private static void writeByAll(
      ApplicationContext context, TransactionHost<Handle> handles, TransactionHost<DSLContext> dsls)
      throws SQLException {
    insert(host(context, Connection.class).tx(), 1);
    handles.tx().execute("insert into item values (2)");
    dsls.tx().execute("insert into item values (3)");
    context.getBean(Jdbi.class).useHandle(handle -> handle.execute("insert into item values (4)"));
    context.getBean(DSLContext.class).execute("insert into item values (5)");
    Integer seen = dsls.tx().fetchOne("select count(*) from item").into(Integer.class);
    throw new IllegalStateException("after " + seen);
  }

  @Test
  void aHostOfWhateverTypeIsTheHostItselfAndNoView() {
    application
        .withUserConfiguration(OfWhateverType.class)
        .run(
            context ->
                assertThat(context.getBean(OfWhateverType.class).host())
                    .isSameAs(host(context, Connection.class)));
  }

  record OfWhateverType(TransactionHost<?> host) {}

  @Test
  void springBootsJooqKeepsItsSettingsAndDialect() {
    application
        .withUserConfiguration(JooqSettings.class)
        .run(
            context -> {
              DSLContext dsl = context.getBean(DSLContext.class);

              assertThat(dsl.settings().isRenderSchema()).isFalse();
              assertThat(dsl.dialect()).isEqualTo(SQLDialect.H2);
            });
  }

  @Test
  void aLazySpringBootJooqJoinsTooWhoeverAsksFirst() {
    application
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()))
        .run(
            context -> {
              table(context);
              DSLContext dsl = context.getBean(DSLContext.class);

              assertThatThrownBy(() -> dsl.execute("insert into item values (1)"))
                  .hasMessageContaining("TXH-");
              assertThat(items(context)).isZero();
            });
  }

  @Test
  void theApplicationsOwnJdbiIsTheOneOfTheView() {
    application
        .withUserConfiguration(OwnJdbi.class)
        .run(
            context -> {
              assertThat(context).hasSingleBean(Jdbi.class);
              assertThat(host(context, Handle.class).tx().getJdbi())
                  .isSameAs(context.getBean(Jdbi.class));
            });
  }

  @Test
  void aHostOfTheApplicationsStandsInPlaceOfOurs() {
    application
        .withUserConfiguration(OwnHost.class)
        .run(
            context -> {
              assertThat(host(context, Connection.class).name()).isEqualTo("mine");
              assertThat(host(context, Handle.class).name()).isEqualTo("mine");
              assertThat(host(context, DSLContext.class).name()).isEqualTo("mine");
            });
  }

  @Test
  void aViewOfTheApplicationsStandsInPlaceOfOursAndLeavesTheHost() {
    application
        .withUserConfiguration(OwnView.class)
        .run(
            context -> {
              assertThat(host(context, Connection.class).name()).isEqualTo("default");
              assertThat(context.getBeanNamesForType(TransactionHost.class))
                  .contains("ownHandles", "transactionHost")
                  .doesNotContain("handleTransactionHost");
            });
  }

  @Test
  void theApplicationsOwnEnablingStandsInPlaceOfOursWithItsOrder() {
    application
        .withUserConfiguration(OwnOrder.class)
        .run(
            context ->
                assertThat(
                        context
                            .getBean("io.txhost.spring.transactionalAdvisor", Ordered.class)
                            .getOrder())
                    .isEqualTo(7));
  }

  @Test
  void aTransactionAwareProxyHasNoHost() {
    Applications.withoutPool()
        .withUserConfiguration(WithProxy.class)
        .run(
            context ->
                assertThat(context.getBeanNamesForType(TransactionHost.class))
                    .contains("transactionHost")
                    .noneMatch(name -> name.startsWith("proxy")));
  }

  @Test
  void withoutDataSourceThereIsNoHostAndTheApplicationStarts() {
    Applications.withoutPool()
        .withPropertyValues("spring.datasource.url=jdbc:h2:mem:x")
        .withClassLoader(
            new FilteredClassLoader(HikariDataSource.class, EmbeddedDatabaseType.class))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Configuration(proxyBeanMethods = false)
  static class Shop {
    @Bean
    Handler handler(TransactionHost<Connection> host) {
      return new Handler(host);
    }
  }

  static class Handler {
    private final TransactionHost<Connection> host;

    Handler(TransactionHost<Connection> host) {
      this.host = host;
    }

    @Transactional
    void execute(int id, boolean fails) throws SQLException {
      insert(host.tx(), id);
      if (fails) {
        throw new IllegalStateException("asked");
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class JooqSettings {
    @Bean
    Settings settings() {
      return new Settings().withRenderSchema(false);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnJdbi {
    @Bean
    @Lazy
    Jdbi own(DataSource database) {
      return Jdbi.create(database);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnHost {
    @Bean
    TransactionHost<Connection> own(DataSource database) {
      return TransactionHost.builder(JdbcAdapter.over(database)).name("mine").build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnView {
    @Bean
    TransactionHost<Handle> ownHandles(TransactionHost<Connection> host, DataSource database) {
      return JdbiAdapter.view(host, Jdbi.create(database));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionHosts(order = 7)
  static class OwnOrder {}

  @Configuration(proxyBeanMethods = false)
  static class WithProxy {
    @Bean
    @Primary
    DataSource database() {
      return Applications.database();
    }

    @Bean
    TransactionAwareDataSourceProxy proxy(DataSource database) {
      return new TransactionAwareDataSourceProxy(database);
    }
  }
}
