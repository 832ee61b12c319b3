package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
                + " or set the property txhost.spring.foreign-transactional=warn.");
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
    @Transactional
    public void place() {}
  }

  static class FarAway {
    FarAway(Middle middle) {}

    @Transactional
    public void place() {}
  }

  static class Middle {
    Middle(Repository repository) {}
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
            Middle.class,
            FarAway.class,
            Maker.class)
        .close();
    assertThat(log.messages()).isEmpty();
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
        .addFirst(new MapPropertySource("test", Map.of(StartupChecks.FOREIGN, value)));
    application.register(OneHost.class, HasHost.class);
    application.refresh();
    return application;
  }
}
