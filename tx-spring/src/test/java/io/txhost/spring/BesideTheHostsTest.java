package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.spring.Applications.OneHost;
import io.txhost.spring.tx.TxHostTransactionManager;
import io.txhost.test.NothingLeftBehind;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.Connection;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.spring.JdbiFactoryBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.event.TransactionalEventListener;

@ExtendWith(NothingLeftBehind.class)
class BesideTheHostsTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  @Configuration
  @EnableTransactionHosts
  static class Application {
    @Bean
    DataSource pool() {
      JdbcDataSource pool = new JdbcDataSource();
      pool.setURL("jdbc:h2:mem:beside");
      return pool;
    }

    @Bean
    TransactionHost<Connection> host(DataSource pool) {
      return TransactionHost.create(JdbcAdapter.over(pool));
    }
  }

  @Configuration
  static class Template {
    @Bean
    JdbcTemplate beside(DataSource pool) {
      return new JdbcTemplate(pool);
    }
  }

  @Configuration
  static class NamedTemplate {
    @Bean
    NamedParameterJdbcTemplate beside(DataSource pool) {
      return new NamedParameterJdbcTemplate(pool);
    }
  }

  @Configuration
  static class Client {
    @Bean
    JdbcClient beside(DataSource pool) {
      return JdbcClient.create(pool);
    }
  }

  @Configuration
  static class Manager {
    @Bean
    PlatformTransactionManager beside(DataSource pool) {
      return new JdbcTransactionManager(pool);
    }
  }

  @Configuration
  static class OtherJdbi {
    @Bean
    Jdbi beside(DataSource pool) {
      return Jdbi.create(pool);
    }
  }

  @Configuration
  static class MadeByAFactory {
    @Bean
    JdbiFactoryBean beside(DataSource pool) {
      return new JdbiFactoryBean(pool);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Through {
    @Bean(defaultCandidate = false)
    DataSource lazy(DataSource pool) {
      return new LazyConnectionDataSourceProxy(pool);
    }

    @Bean
    JdbcTemplate beside(@Qualifier("lazy") DataSource lazy) {
      return new JdbcTemplate(lazy);
    }
  }

  static Stream<Arguments> beside() {
    return Stream.of(
        Arguments.of(Template.class, "JdbcTemplate", "JdbcAdapter.dataSource(host)"),
        Arguments.of(
            NamedTemplate.class, "NamedParameterJdbcTemplate", "JdbcAdapter.dataSource(host)"),
        Arguments.of(Client.class, "DefaultJdbcClient", "JdbcAdapter.dataSource(host)"),
        Arguments.of(Manager.class, "JdbcTransactionManager", "io.txhost.Transactional"),
        Arguments.of(OtherJdbi.class, "Jdbi", "JdbiAdapter.view(host, jdbi)"),
        Arguments.of(MadeByAFactory.class, "Jdbi", "JdbiAdapter.view(host, jdbi)"),
        Arguments.of(Through.class, "JdbcTemplate", "JdbcAdapter.dataSource(host)"));
  }

  @Configuration
  static class Bridge {
    @Bean
    TxHostTransactionManager transactionManager(TransactionHost<Connection> host) {
      return new TxHostTransactionManager(host);
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {Template.class, NamedTemplate.class, Client.class, Through.class, Listeners.class})
  void whatTheBridgeServesIsNotWarnedOf(Class<?> component) {
    Applications.start(Application.class, Bridge.class, component).close();

    assertThat(log.messages()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("beside")
  void aLibraryOverAHostsPoolIsWarnedOfWithWhatToDo(
      Class<?> component, String type, String instead) {
    Applications.start(Application.class, component).close();

    assertThat(log.messages())
        .singleElement()
        .asString()
        .startsWith(
            "TXH-626 bean 'beside': this "
                + type
                + " stands on 'pool', as the TransactionHost 'host' does: ")
        .contains(instead);
  }

  @Configuration
  static class Joined {
    @Bean
    JdbcTemplate joined(TransactionHost<Connection> host) {
      return new JdbcTemplate(JdbcAdapter.dataSource(host));
    }

    @Bean
    Jdbi jdbi(DataSource pool) {
      return Jdbi.create(pool);
    }

    @Bean
    TransactionHost<Handle> handles(TransactionHost<Connection> host, Jdbi jdbi) {
      return JdbiAdapter.view(host, jdbi);
    }
  }

  /** Makes its own view. */
  static class Repository {
    final TransactionHost<Handle> handles;

    Repository(TransactionHost<Connection> host, Jdbi ofTheRepository) {
      this.handles = JdbiAdapter.view(host, ofTheRepository);
    }
  }

  @Configuration
  static class JoinedInside {
    @Bean
    Jdbi ofTheRepository(DataSource pool) {
      return Jdbi.create(pool);
    }

    @Bean
    Repository repository(TransactionHost<Connection> host, Jdbi ofTheRepository) {
      return new Repository(host, ofTheRepository);
    }
  }

  @Configuration
  static class OfAnotherPool {
    @Bean(autowireCandidate = false)
    DataSource other() {
      return new JdbcDataSource();
    }

    @Bean
    DataSourceTransactionManager manager() {
      return new DataSourceTransactionManager(other());
    }

    @Bean
    JdbcTemplate template() {
      return new JdbcTemplate(other());
    }
  }

  @Test
  void whatJoinsAndWhatHasAnotherPoolIsNotWarnedOf() {
    Applications.start(Application.class, Joined.class, OfAnotherPool.class).close();
    Applications.start(Application.class, JoinedInside.class).close();
    assertThat(log.messages()).isEmpty();
  }

  @Configuration
  @org.springframework.boot.autoconfigure.EnableAutoConfiguration
  static class OnSpringBoot {}

  static class Taken {
    Taken(JdbcTemplate template) {}
  }

  @Test
  void whatSpringBootMakesUnaskedIsWarnedOfOnlyWhereTheApplicationTakesIt() {
    startOnSpringBoot(Application.class, OnSpringBoot.class);
    assertThat(log.messages()).isEmpty();

    startOnSpringBoot(Application.class, OnSpringBoot.class, Taken.class);
    assertThat(log.messages())
        .singleElement()
        .asString()
        .startsWith("TXH-626 bean 'jdbcTemplate': this JdbcTemplate stands on 'pool'");
  }

  private static void startOnSpringBoot(Class<?>... components) {
    SpringApplication application = new SpringApplication(components);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setListeners(
        application.getListeners().stream()
            .filter(l -> !(l instanceof LoggingApplicationListener)) // it would reset the log
            .toList());
    application.run().close();
  }

  @Retention(RetentionPolicy.RUNTIME)
  @TransactionalEventListener
  @interface AfterTheOrder {}

  static class Listens {
    @TransactionalEventListener
    public void placed(String order) {}
  }

  static class ListensByAnother {
    @AfterTheOrder
    public void placed(String order) {}
  }

  static class ListensAtOnce {
    @TransactionalEventListener(fallbackExecution = true)
    public void placed(String order) {}
  }

  @Configuration
  @org.springframework.transaction.annotation.EnableTransactionManagement
  static class Listeners {
    @Bean
    Listens listens() {
      return new Listens();
    }

    @Bean
    ListensByAnother listensByAnother() {
      return new ListensByAnother();
    }

    @Bean
    ListensAtOnce listensAtOnce() {
      return new ListensAtOnce();
    }
  }

  @Test
  void aTransactionalEventListenerIsWarnedOfWithWhatToDo() {
    Applications.start(OneHost.class, Listeners.class).close();

    assertThat(log.messages())
        .containsExactly(
            "TXH-625 bean 'listens': method BesideTheHostsTest.Listens.placed(String) is a"
                + " @TransactionalEventListener, which hears of Spring's transactions alone: for an"
                + " event that is published in a host's it is never called; take"
                + " io.txhost.spring.TransactionalEventListener, which hears of a host's, or"
                + " make an io.txhost.spring.tx.TxHostTransactionManager on the host the"
                + " application's transaction manager.",
            "TXH-625 bean 'listensByAnother': method"
                + " BesideTheHostsTest.ListensByAnother.placed(String) is a"
                + " @TransactionalEventListener, which hears of Spring's transactions alone: for an"
                + " event that is published in a host's it is never called; take"
                + " io.txhost.spring.TransactionalEventListener, which hears of a host's, or"
                + " make an io.txhost.spring.tx.TxHostTransactionManager on the host the"
                + " application's transaction manager.",
            log.messages().get(2));
    assertThat(log.messages().get(2)).contains("it is called at once, before the commit");
  }
}
