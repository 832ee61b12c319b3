package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.jdbi.JdbiAdapter;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.ManagedList;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.MapPropertySource;
import org.springframework.transaction.annotation.Transactional;

// E8
@ExtendWith(NothingLeftBehind.class)
class ForeignTransactionalTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  static class HasHost {
    HasHost(TransactionHost<String> host) {}

    @Transactional
    public void place() {}
  }

  @Test
  void springsAnnotationOnABeanThatHasAHostIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, HasHost.class))
        .isEqualTo(
            "TXH-611 bean 'foreignTransactionalTest.HasHost':"
                + " @org.springframework.transaction.annotation.Transactional is on"
                + " ForeignTransactionalTest.HasHost.place(), but it has a TransactionHost, whose"
                + " transactions that annotation neither begins nor joins; use io.txhost.Transactional,"
                + " or make an io.txhost.spring.tx.TxHostTransactionManager on the host the"
                + " application's transaction manager, or set the property txhost.spring.foreign-transactional=warn.");
  }

  @jakarta.transaction.Transactional
  static class HasHosts {
    HasHosts(TransactionHosts hosts) {}
  }

  @Test
  void jakartasAnnotationOnABeanThatHasTheHostsIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, HasHosts.class))
        .contains(
            "@jakarta.transaction.Transactional is on ForeignTransactionalTest.HasHosts, but it has");
  }

  static class Repository {
    Repository(ObjectProvider<TransactionHost<String>> host) {}
  }

  static class UsesRepository {
    UsesRepository(Repository repository) {}

    @Transactional
    public void place() {}
  }

  @Transactional
  interface AnnotatedInterface {}

  static class UsesRepositories implements AnnotatedInterface {
    UsesRepositories(List<Repository> repositories) {}
  }

  @Test
  void itIsRefusedWhereADirectCollaboratorHasAHost() {
    assertThat(Applications.findingOf(OneHost.class, Repository.class, UsesRepository.class))
        .contains(
            "UsesRepository.place(), but its collaborator 'foreignTransactionalTest.Repository' has a"
                + " TransactionHost");
    assertThat(Applications.findingOf(OneHost.class, Repository.class, UsesRepositories.class))
        .contains("is on ForeignTransactionalTest.UsesRepositories, but its collaborator");
  }

  @Configuration
  static class Prototypes {
    @Bean
    @Scope("prototype")
    UsesRepository neverMade(Repository repository) {
      throw new AssertionError("made");
    }
  }

  @Test
  void itIsRefusedOnABeanThatIsNotMadeAtStart() {
    assertThat(Applications.findingOf(OneHost.class, Repository.class, Prototypes.class))
        .startsWith("TXH-611 bean 'neverMade'");
  }

  static class Unrelated {
    public void setBefore(List<Unrelated> before) {}

    @Transactional
    public void place() {}
  }

  /** Of a database that no host has. */
  static class Template {}

  static class OfAnotherDatabase {
    OfAnotherDatabase(Template template) {}

    @Transactional
    public void place() {}
  }

  /** Has a host itself, and makes a bean that has nothing to do with it. */
  @Configuration
  static class Maker {
    Maker(TransactionHost<String> host) {}

    @Bean
    Unrelated made() {
      return new Unrelated();
    }
  }

  @Test
  void elsewhereItIsNobodysBusiness() {
    Applications.start(
            OneHost.class,
            Repository.class,
            Unrelated.class,
            OfAnotherDatabase.class,
            Template.class,
            Maker.class)
        .close();
    assertThat(log.messages()).isEmpty();
  }

  static class Middle {
    Middle(Repository repository) {}
  }

  static class FarAway {
    FarAway(Middle middle) {}

    @Transactional
    public void place() {}
  }

  static class Ahead {
    Ahead(Middle middle, OfAnotherDatabase other) {}
  }

  static class StillAhead {
    StillAhead(Ahead ahead) {}
  }

  static class FarthestAway {
    FarthestAway(StillAhead ahead) {}

    @Transactional
    public void place() {}
  }

  @Test // E11
  void itIsRefusedHoweverManyStepsLieBetweenTheBeanAndTheHost() {
    assertThat(Applications.findingOf(OneHost.class, Repository.class, Middle.class, FarAway.class))
        .contains(
            "FarAway.place(), but its collaborator 'foreignTransactionalTest.Middle' leads to"
                + " 'foreignTransactionalTest.Repository', which has a TransactionHost, whose");
    assertThat(
            Applications.findingOf(
                OneHost.class,
                Template.class,
                Unrelated.class,
                Repository.class,
                Middle.class,
                OfAnotherDatabase.class,
                Ahead.class,
                StillAhead.class,
                FarthestAway.class))
        .startsWith("TXH-611 bean 'foreignTransactionalTest.FarthestAway'")
        .contains(
            "but its collaborator 'foreignTransactionalTest.StillAhead' leads, through"
                + " 'foreignTransactionalTest.Ahead', 'foreignTransactionalTest.Middle', to"
                + " 'foreignTransactionalTest.Repository', which has a TransactionHost");
  }

  /** Spring knows of it only when it is asked. */
  static class Asks {
    Asks(ObjectProvider<Middle> middle) {}

    @Transactional
    public void place() {}
  }

  static class AsksLater {
    @Autowired @Lazy Middle middle;

    @Transactional
    public void place() {}
  }

  static class IsTold {
    @Autowired
    void use(Middle middle) {}

    @Transactional
    public void place() {}
  }

  interface Step {}

  static class First implements Step {
    @Autowired @Lazy List<Step> all;

    First(Middle middle) {}
  }

  static class Second implements Step {
    @Autowired Step first;

    @Transactional
    public void place() {}
  }

  @Configuration
  static class Behind {
    @Bean
    Object behindAnInterface(Middle middle) {
      return new Second();
    }
  }

  @Test // E11
  void itIsRefusedByWhateverWayTheNextBeanComesIn() {
    for (Class<?> waiting :
        List.of(Asks.class, AsksLater.class, IsTold.class, Second.class, Behind.class)) {
      assertThat(
              Applications.findingOf(
                  OneHost.class, Repository.class, Middle.class, First.class, waiting))
          .startsWith("TXH-611")
          .contains("to 'foreignTransactionalTest.Repository', which has a TransactionHost");
    }
  }

  static class Circular {
    @Autowired @Lazy AlsoCircular other;

    @Transactional
    public void place() {}
  }

  static class AlsoCircular {
    AlsoCircular(Circular other) {}
  }

  @Test
  void aCircleThatLeadsToNoHostIsNobodysBusiness() {
    Applications.start(OneHost.class, Circular.class, AlsoCircular.class).close();
    assertThat(log.messages()).isEmpty();
  }

  static class ByJdbi {
    ByJdbi(Jdbi jdbi) {}

    @Transactional
    public void place() {}
  }

  @Configuration
  @EnableTransactionHosts
  static class HostOverJdbi {
    @Bean
    Jdbi jdbi() {
      return Jdbi.create("jdbc:h2:mem:foreign");
    }

    @Bean
    TransactionHost<Handle> host(Jdbi jdbi) {
      return TransactionHost.create(JdbiAdapter.over(jdbi));
    }
  }

  @Test
  void itIsRefusedWhereTheBeanUsesAJdbiThatIsAHosts() {
    assertThat(Applications.findingOf(HostOverJdbi.class, ByJdbi.class))
        .contains("ByJdbi.place(), but it uses 'jdbi', which is a TransactionHost's, whose");
  }

  /** Its transactions are Spring's, on connections that join the host's. */
  static class ByDataSource {
    ByDataSource(DataSource dataSource) {}

    @Transactional
    public void place() {}
  }

  @Configuration
  @EnableTransactionHosts
  static class HostsDataSource {
    @Bean
    TransactionHost<Connection> host() {
      return TransactionHost.create(JdbcAdapter.over(new JdbcDataSource()));
    }

    @Bean
    DataSource ofTheHost(TransactionHost<Connection> host) {
      return JdbcAdapter.dataSource(host);
    }
  }

  @Test
  void whatDemarcatesOnAHostsDataSourceIsNotRefused() {
    Applications.start(HostsDataSource.class, ByDataSource.class).close();
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void aThousandBeansAreWalkedInLittleTime() {
    long began = System.nanoTime();
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(OneHost.class);
      registerAThousand(application);
      application.refresh();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
  }

  /** Each has the annotation, and depends on the fifty before it. */
  private static void registerAThousand(AnnotationConfigApplicationContext application) {
    for (int i = 0; i < 1_000; i++) {
      RootBeanDefinition definition = new RootBeanDefinition(Unrelated.class);
      if (i > 0) {
        ManagedList<RuntimeBeanReference> before = new ManagedList<>();
        for (int j = Math.max(0, i - 50); j < i; j++) {
          before.add(new RuntimeBeanReference("bean" + j));
        }
        definition.setTargetType(Unrelated.class);
        definition.getPropertyValues().add("before", before);
      }
      application.registerBeanDefinition("bean" + i, definition);
    }
  }

  @Test
  void aPropertyTurnsTheRefusalIntoAWarning() {
    start("warn").close();

    assertThat(log.messages())
        .hasSize(1)
        .allMatch(m -> m.startsWith("TXH-611 bean 'foreignTransactionalTest.HasHost'"));
  }

  @Test
  void anotherValueOfThePropertyIsRefused() {
    assertThat(Applications.refusalIn(catchThrowable(() -> start("ignore"))).findings())
        .contains(
            "TXH-612 The property txhost.spring.foreign-transactional is refuse or warn, not"
                + " 'ignore'.");
  }

  private static AnnotationConfigApplicationContext start(String value) {
    var application = new AnnotationConfigApplicationContext();
    application
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of(ForeignTransactional.PROPERTY, value)));
    application.register(OneHost.class, HasHost.class);
    application.refresh();
    return application;
  }
}
