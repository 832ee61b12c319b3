package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionHost;
import io.txhost.TransactionHosts;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.spring.Applications.TwoHosts;
import io.txhost.test.NoOpAdapter;
import io.txhost.test.NothingLeftBehind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

@ExtendWith(NothingLeftBehind.class)
class HostBeansTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  @Configuration
  @EnableTransactionHosts
  static class TypedHosts {
    @Bean
    TransactionHost<String> words() {
      return OneHost.host("words");
    }

    @Bean
    TransactionHost<Integer> numbers() {
      return TransactionHost.builder(NoOpAdapter.over(42)).name("default").build();
    }

    @Bean
    @Qualifier("second")
    TransactionHost<String> otherWords() {
      return OneHost.host("other");
    }
  }

  record Typed(
      TransactionHost<Integer> any,
      @Qualifier("words") TransactionHost<String> byBeanName,
      @Qualifier("second") TransactionHost<String> byQualifier,
      @Qualifier("other") TransactionHost<String> byHostName,
      TransactionHost<String> otherWords,
      @Qualifier("default") TransactionHost<?> byHostNameAlone) {}

  @Test // E9
  void hostsAreInjectedByTypeArgumentAndAmongSeveralByQualifier() {
    try (var application = Applications.start(TypedHosts.class, Typed.class)) {
      Typed typed = application.getBean(Typed.class);

      assertThat(typed.any().tx()).isEqualTo(42);
      assertThat(typed.byBeanName().tx()).isEqualTo("resource of words");
      assertThat(typed.byQualifier().tx()).isEqualTo("resource of other");
      assertThat(typed.byHostName()).isSameAs(typed.byQualifier());
      assertThat(typed.otherWords()).isSameAs(typed.byQualifier());
      assertThat(typed.byHostNameAlone()).isSameAs(typed.any());
    }
  }

  record Missing(@Qualifier("nobody") TransactionHost<String> host) {}

  @Test
  void aQualifierThatNamesNoHostIsNotSatisfied() {
    assertThatThrownBy(() -> Applications.start(TypedHosts.class, Missing.class))
        .hasMessageContaining("nobody");
  }

  record Ambiguous(TransactionHost<String> host) {}

  static class AmbiguousField {
    @Autowired TransactionHost<String> host;
  }

  static class AmbiguousSetter {
    @Autowired
    void use(TransactionHost<?> host) {}
  }

  record AmbiguousOptional(Optional<TransactionHost<String>> host) {}

  @Configuration
  static class AmbiguousBeanMethod {
    @Bean
    Object made(TransactionHost<String> host) {
      return new Object();
    }
  }

  @Test // E9
  void whereSeveralHostsMatchTheFailureNamesTheirQualifiers() {
    for (Class<?> component :
        List.of(
            Ambiguous.class,
            AmbiguousField.class,
            AmbiguousSetter.class,
            AmbiguousOptional.class,
            AmbiguousBeanMethod.class)) {
      assertThatThrownBy(() -> Applications.start(TwoHosts.class, component))
          .isInstanceOf(UnsatisfiedDependencyException.class)
          .rootCause()
          .isInstanceOf(NoUniqueBeanDefinitionException.class)
          .hasMessageContaining("TXH-628 2 hosts match TransactionHost")
          .hasMessageEndingWith(
              ": name one of them where it is injected, by @Qualifier(\"audit\") (bean 'auditHost') or"
                  + " @Qualifier(\"orders\") (bean 'ordersHost'), or mark one bean @Primary.");
    }
    assertThatThrownBy(() -> Applications.start(TwoHosts.class, Ambiguous.class))
        .hasMessageContaining("hosts match TransactionHost<String>:");
  }

  @Configuration
  @EnableTransactionHosts
  static class PrimaryHost {
    @Bean
    @Primary
    TransactionHost<String> ordersHost() {
      return OneHost.host("orders");
    }

    @Bean
    TransactionHost<String> auditHost() {
      return OneHost.host("audit");
    }

    /** Itself no candidate for what it is made of. */
    @Bean
    TransactionHost<Integer> lengths(TransactionHost<?> host) {
      return TransactionHost.builder(NoOpAdapter.over(host.name().length())).name("l").build();
    }
  }

  record Undecided(
      ObjectProvider<TransactionHost<String>> host,
      List<TransactionHost<String>> all,
      TransactionHost<Integer> numbers) {}

  @Test
  void whereSpringFindsItsWayItIsNotAskedFor() {
    try (var application = Applications.start(PrimaryHost.class, Ambiguous.class)) {
      assertThat(application.getBean(Ambiguous.class).host().name()).isEqualTo("orders");
      assertThat(application.getBean("lengths", TransactionHost.class).tx()).isEqualTo(6);
    }
    try (var application = Applications.start(TypedHosts.class, Undecided.class)) {
      assertThat(application.getBean(Undecided.class).host().getIfUnique()).isNull();
      assertThat(application.getBean(Undecided.class).all()).hasSize(2);
    }
  }

  @Test
  void theRegistryKnowsEveryHostByItsName() {
    try (var application = Applications.start(TwoHosts.class)) {
      TransactionHosts hosts = application.getBean(TransactionHosts.class);

      assertThat(hosts.names()).containsExactlyInAnyOrder("orders", "audit");
      assertThat(hosts.get("audit")).isSameAs(application.getBean("auditHost"));
    }
  }

  @Configuration
  static class SecondDefault {
    @Bean
    TransactionHost<String> second() {
      return OneHost.host("default");
    }
  }

  static class Work {
    @Transactional
    public void run() {}

    @Transactional(host = "orders")
    public void order() {}
  }

  @Test // B13
  void twoHostsOfOneNameAreRefused() {
    assertThatThrownBy(() -> Applications.start(OneHost.class, SecondDefault.class))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .rootCause()
        .hasMessageStartingWith("TXH-201 Two hosts are named 'default'");
  }

  static class Innocent implements BeanPostProcessor {}

  @Configuration
  static class WithPostProcessor {
    @Bean
    static Innocent innocent() {
      return new Innocent();
    }
  }

  static class Plain {
    @Transactional
    public void run() {}
  }

  static class Early {
    @Transactional
    public void run() {}
  }

  @Configuration
  static class NeedsBeanEarly {
    @Bean
    static BeanPostProcessor needing(Typed0 early) {
      return new Innocent();
    }
  }

  @Test
  void aBeanThatAPostProcessorNeedsIsWarnedOfBySpring() { // or the next test would prove nothing
    Applications.start(OneHost.class, NeedsBeanEarly.class, Typed0.class).close();

    assertThat(log.messages()).anyMatch(m -> m.contains("not eligible for auto-proxying"));
  }

  @Test // E9
  void springWarnsOfNothing() {
    try (var application =
        Applications.start(OneHost.class, WithPostProcessor.class, Plain.class, Typed0.class)) {
      application.getBean(Plain.class).run();
    }
    assertThat(log.messages()).isEmpty();
  }

  record Typed0(TransactionHost<String> host, TransactionHosts hosts) {}

  @Test // E7
  void anotherContextOfTheProcessDoesNotSeeTheFirstOnesHosts() {
    try (var first = Applications.start(TwoHosts.class);
        var second = Applications.start(OneHost.class, Plain.class)) {
      assertThat(second.getBean(TransactionHosts.class).names()).containsExactly("default");
      assertThat(first.getBean(TransactionHosts.class).names())
          .containsExactlyInAnyOrder("orders", "audit");
      assertThat(Applications.findingOf(OneHost.class, Work.class))
          .contains("names the host 'orders', known are [default]");
    }
  }

  @EnableTransactionHosts
  static class Enabled {}

  static class Ask {
    private final TransactionHost<String> ordersHost;

    Ask(@Qualifier("orders") TransactionHost<String> ordersHost) {
      this.ordersHost = ordersHost;
    }

    @Transactional(host = "orders")
    public boolean isActive() {
      return ordersHost.isTransactionActive();
    }
  }

  @Test
  void aChildContextSeesItsParentsHosts() {
    try (var parent = Applications.start(TwoHosts.class);
        var child = new AnnotationConfigApplicationContext()) {
      child.setParent(parent);
      child.register(Enabled.class, Ask.class);
      child.refresh();

      assertThat(child.getBean(Ask.class).isActive()).isTrue();
    }
  }
}
