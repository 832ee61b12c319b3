package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

/** What an application with several gets. */
@ExtendWith(NothingLeftBehind.class)
final class SeveralDataSourcesTest {
  private final ApplicationContextRunner application = Applications.withoutPool();

  @Test
  void thePrimaryOnesHostIsTheDefaultAndTheOthersAreNamedAfterTheirBeans() {
    application
        .withUserConfiguration(WithPrimary.class, Users.class)
        .run(
            context -> {
              Users users = context.getBean(Users.class);

              assertThat(context.getBean(TransactionHosts.class).names())
                  .containsExactlyInAnyOrder("default", "billing");
              assertThat(users.unqualified().name()).isEqualTo("default");
              assertThat(users.byHost().name()).isEqualTo("default");
              assertThat(users.billing().name()).isEqualTo("billing");
              assertThat(users.handles().name()).isEqualTo("billing");
              assertThat(users.dsl().name()).isEqualTo("billing");
            });
  }

  @Test
  void whereNothingIsSaidAHostAndAViewOfThePrimaryOneComeIn() {
    application
        .withUserConfiguration(WithPrimary.class, Unqualified.class)
        .run(
            context -> {
              Unqualified all = context.getBean(Unqualified.class);

              assertThat(all.host()).isSameAs(all.connections());
              assertThat(all.connections().name()).isEqualTo("default");
              assertThat(all.handles().name()).isEqualTo("default");
            });
  }

  record Unqualified(
      TransactionHost<?> host,
      TransactionHost<Connection> connections,
      TransactionHost<Handle> handles) {}

  @Test
  void eachViewWritesToItsOwnDatabase() {
    application
        .withUserConfiguration(WithPrimary.class, Users.class)
        .run(
            context -> {
              DataSource orders = context.getBean("orders", DataSource.class);
              DataSource billing = context.getBean("billing", DataSource.class);
              table(orders);
              table(billing);
              Users users = context.getBean(Users.class);

              users.handles().withTransaction(() -> writeByAll(users));
              context.getBean(DSLContext.class).transaction(tx -> insert(tx.dsl(), 4));

              assertThat(items(billing)).isEqualTo(2);
              assertThat(items(orders)).isEqualTo(1);
            });
  }

  private static void writeByAll(Users users) {
    users.handles().tx().execute("insert into item values (1)");
    insert(users.dsl().tx(), 2);
  }

  private static void insert(DSLContext dsl, int id) {
    dsl.execute("insert into item values (" + id + ")");
  }

  @Test
  void withoutPrimaryNoneIsTheDefault() {
    application
        .withClassLoader(new FilteredClassLoader(DSLContext.class)) // Spring Boot's fails there
        .withUserConfiguration(WithoutPrimary.class)
        .run(
            context ->
                assertThat(context.getBean(TransactionHosts.class).names())
                    .containsExactlyInAnyOrder("orders", "billing"));
  }

  @Test
  void oneThatOnlyAQualifierGetsHasAHostThatOnlyAQualifierGets() {
    application
        .withUserConfiguration(WithDefaultCandidate.class, SecondUser.class)
        .run(
            context -> {
              assertThat(context.getBean(SecondUser.class).host().name()).isEqualTo("billing");
              assertThat(Applications.host(context, Connection.class).name()).isEqualTo("default");
            });
  }

  @Test
  void whatIsNoCandidateHasNone() {
    application
        .withUserConfiguration(WithHidden.class)
        .run(
            context ->
                assertThat(context.getBean(TransactionHosts.class).names())
                    .containsExactly("default"));
  }

  @Test
  void aHostOfTheApplicationsIsTheOneOfItsDataSource() {
    application
        .withUserConfiguration(WithPrimary.class, OwnHost.class)
        .run(
            context ->
                assertThat(context.getBean(TransactionHosts.class).names())
                    .containsExactlyInAnyOrder("default", "mine"));
  }

  record Users(
      TransactionHost<Connection> unqualified,
      @Qualifier("default") TransactionHost<Connection> byHost,
      @Qualifier("billing") TransactionHost<Connection> billing,
      @Qualifier("billing") TransactionHost<Handle> handles,
      @Qualifier("billing") TransactionHost<DSLContext> dsl) {}

  @Configuration(proxyBeanMethods = false)
  static class WithPrimary {
    @Bean
    @Primary
    DataSource orders() {
      return Applications.database();
    }

    @Bean
    MadeByFactory billing() {
      return new MadeByFactory();
    }
  }

  static class MadeByFactory implements FactoryBean<DataSource> {
    @Override
    public DataSource getObject() {
      return Applications.database();
    }

    @Override
    public Class<?> getObjectType() {
      return DataSource.class;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithoutPrimary {
    @Bean
    DataSource orders() {
      return Applications.database();
    }

    @Bean
    DataSource billing() {
      return Applications.database();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithDefaultCandidate {
    @Bean
    DataSource orders() {
      return Applications.database();
    }

    @Bean(defaultCandidate = false)
    @Qualifier("ledger")
    DataSource billing() {
      return Applications.database();
    }
  }

  record SecondUser(@Qualifier("ledger") TransactionHost<Connection> host) {}

  @Configuration(proxyBeanMethods = false)
  static class WithHidden {
    @Bean
    DataSource orders() {
      return Applications.database();
    }

    @Bean(autowireCandidate = false)
    DataSource billing() {
      return Applications.database();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnHost {
    @Bean
    TransactionHost<Connection> own(@Qualifier("billing") DataSource database) {
      return TransactionHost.builder(JdbcAdapter.over(database)).name("mine").build();
    }
  }
}
