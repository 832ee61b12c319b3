package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.items;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.TransactionCompletedException;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.spring.EnableTransactionHosts;
import io.txhost.test.NothingLeftBehind;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.Advisor;
import org.springframework.aop.MethodBeforeAdvice;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;

/**
 * The Spring part of the behaviours, E1 to E9, with the starter alone. Without it tx-spring's tests
 * show them: E1 in NearestAnnotationTest and SelfCallsTest, E2 and E3 in StartupRefusalTest, E4 in
 * WeavingTest, E5 in AdviceOrderTest, E6 in the contract of each adapter, E7 and E9 in
 * HostBeansTest, E8 in ForeignTransactionalTest.
 */
@ExtendWith(NothingLeftBehind.class)
final class ConformanceTest {
  private final ApplicationContextRunner application = Applications.withPool();

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("E1 a private method", PrivateMethod.class, "TXH-601"),
        Arguments.of("E1 a self-call that the proxy would change", SelfCall.class, "TXH-685"),
        Arguments.of("E2 a future", Future.class, "TXH-607"),
        Arguments.of("E3 an unknown host", UnknownHost.class, "TXH-608"),
        Arguments.of("E4 weaving asked for, and no weaver", NotWoven.class, "TXH-680"),
        Arguments.of("E8 both annotations on one method", BothAnnotations.class, "TXH-645"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void whatCannotTakeEffectIsRefusedAtTheStart(String what, Class<?> bean, String code) {
    application
        .withUserConfiguration(bean)
        .run(
            context -> {
              assertThat(context).hasFailed();
              assertThat(context.getStartupFailure()).hasStackTraceContaining(code);
            });
  }

  static class PrivateMethod {
    @Transactional
    @SuppressWarnings("UnusedMethod") // that is the mistake
    private void pay() {}
  }

  static class SelfCall {
    public void pay() {
      note();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void note() {}
  }

  static class Future {
    @Transactional
    public CompletableFuture<String> pay() {
      return CompletableFuture.completedFuture("paid");
    }
  }

  static class UnknownHost {
    @Transactional(host = "billing")
    public void pay() {}
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionHosts(mode = AdviceMode.ASPECTJ)
  static class NotWoven {
    @Transactional
    public void pay() {}
  }

  static class BothAnnotations {
    @Transactional
    @org.springframework.transaction.annotation.Transactional
    public void pay() {}
  }

  @Test // E1
  void theMostSpecificAnnotationWinsAlsoByAMetaAnnotation() {
    application
        .withUserConfiguration(Specific.class)
        .run(
            context -> {
              Specific bean = context.getBean(Specific.class);

              assertThat(bean.ofTheClass()).isTrue();
              assertThat(bean.ofTheMethod()).isFalse();
            });
  }

  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @Transactional
  @interface Writing {
    @AliasFor(annotation = Transactional.class, attribute = "name")
    String value() default "";
  }

  @Transactional(readOnly = true)
  static class Specific {
    private final TransactionHost<?> host;

    Specific(TransactionHost<?> host) {
      this.host = host;
    }

    public boolean ofTheClass() {
      return host.currentTransaction().orElseThrow().isReadOnly();
    }

    @Writing("specific")
    public boolean ofTheMethod() {
      return host.currentTransaction().orElseThrow().isReadOnly();
    }
  }

  @Test // E5
  void theOrderSetByTheApplicationPutsAdviceOutsideOrInsideTheTransaction() {
    application
        .withUserConfiguration(Ordering.class)
        .run(
            context -> {
              context.getBean(Paying.class).pay();

              assertThat(context.getBean(Notes.class).written())
                  .containsExactly("10 outside", "30 inside");
            });
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionHosts(order = 20, proxyTargetClass = true)
  @Import({Paying.class, Notes.class})
  static class Ordering {
    @Bean
    static Advisor outer(ObjectProvider<Notes> notes) {
      return advisor(10, notes);
    }

    @Bean
    static Advisor inner(ObjectProvider<Notes> notes) {
      return advisor(30, notes);
    }

    private static Advisor advisor(int order, ObjectProvider<Notes> notes) {
      NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor();
      advisor.setMappedName("pay");
      advisor.setOrder(order);
      advisor.setAdvice(
          (MethodBeforeAdvice) (method, given, bean) -> notes.getObject().note(order));
      return advisor;
    }
  }

  static class Paying {
    @Transactional
    public void pay() {}
  }

  /** Whether the transaction is there already when an advice is. */
  record Notes(TransactionHost<?> host, List<String> written) {
    @Autowired
    Notes(TransactionHost<?> host) {
      this(host, new ArrayList<>());
    }

    void note(int order) {
      written.add(order + (host.isTransactionActive() ? " inside" : " outside"));
    }
  }

  @Test // E6
  void aKeptResourceSaysWhichTransactionItCameFrom() {
    application.run(
        context -> {
          table(context);
          TransactionHost<Connection> host = host(context, Connection.class);
          Connection kept = host.withTransaction(host::tx);

          assertThatThrownBy(() -> Applications.insert(kept, 1))
              .isInstanceOf(TransactionCompletedException.class)
              .hasMessageContaining("aKeptResourceSaysWhichTransactionItCameFrom")
              .hasMessageContaining("Ask host.tx() at each use");
          assertThat(items(context)).isZero();
        });
  }

  @Test // E7
  void aSecondApplicationDoesNotSeeTheFirstOnesHosts() {
    application.run(
        first ->
            application.run(
                second ->
                    assertThat(host(second, Connection.class))
                        .isNotSameAs(host(first, Connection.class))));
  }

  @Test // E8, E12
  void springsAnnotationIsServedByTheBridgeAndRefusedWithoutIt() {
    application
        .withUserConfiguration(WithSprings.class)
        .run(
            context ->
                assertThat(context.getBean(WithSprings.class).isInTheHostsTransaction()).isTrue());
    application
        .withUserConfiguration(WithSprings.class)
        .withPropertyValues("txhost.transaction-manager=false")
        .run(
            context -> {
              assertThat(context).hasFailed();
              assertThat(context.getStartupFailure()).hasStackTraceContaining("TXH-611");
            });
  }

  static class WithSprings {
    private final TransactionHost<?> host;

    WithSprings(TransactionHost<?> host) {
      this.host = host;
    }

    @org.springframework.transaction.annotation.Transactional
    public boolean isInTheHostsTransaction() {
      return host.isTransactionActive();
    }
  }

  @Test // E9
  void hostsAreInjectedByTheirTypeArgumentAndByTheirName() {
    application
        .withUserConfiguration(ByType.class)
        .run(
            context -> {
              ByType hosts = context.getBean(ByType.class);

              assertThat(hosts.connections()).isSameAs(hosts.named());
              assertThat(Stream.of(hosts.handles(), hosts.dsl()))
                  .allMatch(view -> view.name().equals("default"));
            });
  }

  record ByType(
      TransactionHost<Connection> connections,
      TransactionHost<Handle> handles,
      TransactionHost<DSLContext> dsl,
      @Qualifier("default") TransactionHost<Connection> named) {}
}
