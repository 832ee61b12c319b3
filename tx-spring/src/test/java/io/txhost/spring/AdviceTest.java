package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.Propagation;
import io.txhost.Retry;
import io.txhost.RetryPolicy;
import io.txhost.Transaction;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.TransactionRequiredException;
import io.txhost.Transactional;
import io.txhost.UnexpectedRollbackException;
import io.txhost.spring.Applications.OneHost;
import io.txhost.spring.Applications.TwoHosts;
import io.txhost.test.NoOpAdapter;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

@ExtendWith(NothingLeftBehind.class)
class AdviceTest {

  static class Orders {
    private final TransactionHost<String> host;

    Orders(TransactionHost<String> host) {
      this.host = host;
    }

    @Transactional
    public Optional<String> transactional() {
      return host.currentTransaction().map(Transaction::name);
    }

    @Transactional
    Optional<String> packagePrivate() {
      return host.currentTransaction().map(Transaction::name);
    }

    public Optional<String> plain() {
      return host.currentTransaction().map(Transaction::name);
    }

    @Transactional(name = "orders.place", readOnly = true, timeout = "5s")
    public String configured() {
      Transaction transaction = host.currentTransaction().orElseThrow();
      assertThat(transaction.remainingTime().orElseThrow())
          .isPositive()
          .isLessThanOrEqualTo(Duration.ofSeconds(5));
      return transaction.name() + " " + transaction.isReadOnly();
    }

    @Transactional
    public void fail(Throwable failure) throws Throwable {
      throw failure;
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public boolean mandatory() {
      return host.isTransactionActive();
    }
  }

  @Test
  void anAnnotatedMethodRunsInATransactionNamedByClassAndMethod() {
    try (var application = Applications.start(OneHost.class, Orders.class)) {
      Orders orders = application.getBean(Orders.class);

      assertThat(orders.transactional()).contains("AdviceTest.Orders.transactional");
      assertThat(orders.packagePrivate()).contains("AdviceTest.Orders.packagePrivate");
      assertThat(orders.plain()).isEmpty();
      assertThat(application.getBean(TransactionHost.class).isTransactionActive()).isFalse();
    }
  }

  @Test
  void theAnnotationsAttributesReachTheTransaction() {
    try (var application = Applications.start(OneHost.class, Orders.class)) {
      assertThat(application.getBean(Orders.class).configured()).isEqualTo("orders.place true");
    }
  }

  @Test
  void theUsersExceptionLeavesUnchangedCheckedOrNot() {
    try (var application = Applications.start(OneHost.class, Orders.class)) {
      Orders orders = application.getBean(Orders.class);
      for (Throwable failure :
          List.of(new IOException(), new IllegalStateException(), new StackOverflowError())) {
        assertThatThrownBy(() -> orders.fail(failure)).isSameAs(failure);
      }
    }
  }

  @Test
  void propagationIsTheHosts() {
    try (var application = Applications.start(OneHost.class, Orders.class)) {
      Orders orders = application.getBean(Orders.class);
      TransactionHost<?> host = application.getBean(TransactionHost.class);

      assertThatThrownBy(orders::mandatory)
          .isInstanceOf(TransactionRequiredException.class)
          .hasMessageContaining("AdviceTest.Orders.mandatory");
      assertThat(host.withTransaction(orders::mandatory)).isTrue();
      assertThatThrownBy(
              () ->
                  host.withTransaction(
                      () -> {
                        assertThatThrownBy(() -> orders.fail(new IOException("swallowed")))
                            .isInstanceOf(IOException.class);
                      }))
          .isInstanceOf(UnexpectedRollbackException.class)
          .hasRootCauseMessage("swallowed");
    }
  }

  static class Audit {
    final TransactionHost<String> ordersHost;
    final TransactionHost<String> auditHost;

    Audit(TransactionHost<String> ordersHost, TransactionHost<String> auditHost) {
      this.ordersHost = ordersHost;
      this.auditHost = auditHost;
    }

    @Transactional(host = "audit")
    public List<Boolean> write() {
      return List.of(ordersHost.isTransactionActive(), auditHost.isTransactionActive());
    }
  }

  @Test
  void theAnnotationChoosesTheHostByItsName() {
    try (var application = Applications.start(TwoHosts.class, Audit.class)) {
      assertThat(application.getBean(Audit.class).write()).containsExactly(false, true);
    }
  }

  interface Place {
    boolean place();
  }

  record PlaceRecord(TransactionHost<String> host) implements Place {
    @Override
    @Transactional
    public boolean place() {
      return host.isTransactionActive();
    }
  }

  interface PlaceTransactionally {
    @Transactional
    boolean place();
  }

  @Configuration
  static class ManyShapes {
    @Bean
    Place byInterface(TransactionHost<String> host) {
      return new PlaceRecord(host);
    }

    @Bean
    PlaceTransactionally lambda(TransactionHost<String> host) {
      return host::isTransactionActive;
    }

    @Bean
    FactoryBean<PlaceTransactionally> product(TransactionHost<String> host) {
      return new FactoryBean<>() {
        @Override
        public PlaceTransactionally getObject() {
          return host::isTransactionActive;
        }

        @Override
        public Class<?> getObjectType() {
          return PlaceTransactionally.class;
        }
      };
    }

    @Bean
    @Scope("prototype")
    Orders prototype(TransactionHost<String> host) {
      return new Orders(host);
    }

    @Bean
    @Lazy
    Orders lazy(TransactionHost<String> host) {
      return new Orders(host);
    }

    @Bean
    @Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
    Orders scoped(TransactionHost<String> host) {
      return new Orders(host);
    }
  }

  @Test
  void everyShapeOfBeanIsAdvised() {
    try (var application = Applications.start(OneHost.class, ManyShapes.class)) {
      Place byInterface = application.getBean("byInterface", Place.class);
      assertThat(AopUtils.isJdkDynamicProxy(byInterface)).isTrue();
      assertThat(byInterface.place()).isTrue();
      for (String name : List.of("lambda", "product")) {
        assertThat(application.getBean(name, PlaceTransactionally.class).place()).as(name).isTrue();
      }
      for (String name : List.of("prototype", "lazy", "scoped")) {
        assertThat(application.getBean(name, Orders.class).transactional()).as(name).isPresent();
      }
    }
  }

  @EnableTransactionHosts(proxyTargetClass = true)
  static class ByClass {}

  static class PlaceClass implements Place {
    private final ObjectProvider<TransactionHost<String>> host;

    PlaceClass(ObjectProvider<TransactionHost<String>> host) {
      this.host = host;
    }

    @Override
    @Transactional
    public boolean place() {
      return host.getObject().isTransactionActive();
    }
  }

  @Test
  void proxiesAreByInterfaceUnlessByClassIsAskedFor() {
    try (var application = Applications.start(OneHost.class, PlaceClass.class)) {
      assertThat(AopUtils.isJdkDynamicProxy(application.getBean(Place.class))).isTrue();
      assertThat(application.getBean(Place.class).place()).isTrue();
    }
    try (var application = Applications.start(OneHost.class, ByClass.class, PlaceClass.class)) {
      assertThat(AopUtils.isCglibProxy(application.getBean(Place.class))).isTrue();
      assertThat(application.getBean(PlaceClass.class).place()).isTrue();
    }
  }

  static class Flaky {
    int attempts;

    @Transactional(retry = @Retry(maxAttempts = 3, initialDelay = "1ms", alsoOnSqlState = "40001"))
    @Counted
    public int thirdTime() throws SQLException {
      if (++attempts < 3) {
        throw new SQLException("serialization failure", "40001");
      }
      return attempts;
    }
  }

  @Retention(RetentionPolicy.RUNTIME)
  @interface Counted {}

  @Configuration
  static class AdviceInside {
    static final List<String> CALLS = new ArrayList<>();

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static DefaultPointcutAdvisor inside() {
      MethodInterceptor counting =
          invocation -> {
            CALLS.add(invocation.getMethod().getName());
            return invocation.proceed();
          };
      // registered after ours, with the same order: it lies inside
      return new DefaultPointcutAdvisor(
          new AnnotationMatchingPointcut(null, Counted.class), counting);
    }
  }

  @Test
  void eachAttemptOfARetryRunsTheAdviceInsideAgain() throws Exception {
    AdviceInside.CALLS.clear();
    try (var application = Applications.start(EarlyOrder.class, AdviceInside.class, Flaky.class)) {
      assertThat(application.getBean(Flaky.class).thirdTime()).isEqualTo(3);
    }
    assertThat(AdviceInside.CALLS).containsExactly("thirdTime", "thirdTime", "thirdTime");
  }

  @Configuration
  @EnableTransactionHosts(order = 1)
  static class RetryingHost {
    @Bean
    TransactionHost<String> host() {
      return TransactionHost.builder(NoOpAdapter.over("resource"))
          .defaultOptions(
              TransactionOptions.defaults()
                  .retry(
                      RetryPolicy.maxAttempts(3)
                          .initialDelay(Duration.ofMillis(1))
                          .alsoOnSqlState("40001")))
          .build();
    }
  }

  static class FlakyByDefault {
    int attempts;

    @Transactional
    @Counted
    public int thirdTime() throws SQLException {
      if (++attempts < 3) {
        throw new SQLException("serialization failure", "40001");
      }
      return attempts;
    }
  }

  @Test
  void eachAttemptOfARetryThatIsTheHostsDefaultRunsTheAdviceInsideAgain() throws Exception {
    AdviceInside.CALLS.clear();
    try (var application =
        Applications.start(RetryingHost.class, AdviceInside.class, FlakyByDefault.class)) {
      assertThat(application.getBean(FlakyByDefault.class).thirdTime()).isEqualTo(3);
    }
    assertThat(AdviceInside.CALLS).containsExactly("thirdTime", "thirdTime", "thirdTime");
  }

  @Configuration
  @EnableTransactionHosts(order = 1)
  static class EarlyOrder {
    @Bean
    TransactionHost<String> host() {
      return OneHost.host("default");
    }
  }

  @Configuration
  @EnableTransactionHosts
  static class Defaulted {
    @Bean
    TransactionHost<String> host() {
      return TransactionHost.builder(NoOpAdapter.over("resource"))
          .defaultOptions(
              TransactionOptions.defaults().propagation(Propagation.REQUIRES_NEW).readOnly(true))
          .build();
    }
  }

  @Test
  void anAttributeLeftAtItsDefaultTakesTheHosts() { // B3
    try (var application = Applications.start(Defaulted.class, Orders.class)) {
      TransactionHost<?> host = application.getBean(TransactionHost.class);
      Orders orders = application.getBean(Orders.class);

      assertThat(
              host.withTransaction(
                  () -> {
                    String outer = host.currentTransaction().orElseThrow().name();
                    return orders.transactional().orElseThrow().equals(outer);
                  }))
          .isFalse();
    }
  }
}
