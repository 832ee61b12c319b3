package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestExecutionListeners;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

/**
 * The tests inside are run by JUnit, as a user's are; their names keep the build from finding them.
 */
@ExtendWith(NothingLeftBehind.class)
class TransactionalTestRefusalTest {

  @Transactional
  @SpringJUnitConfig(OneHost.class)
  static class OnClass {
    @Test
    void neverRun() {
      throw new AssertionError("run");
    }
  }

  @SpringJUnitConfig(OneHost.class)
  static class OnMethod {
    @Test
    @Transactional
    void neverRun() {
      throw new AssertionError("run");
    }
  }

  static class Sub extends OnClass {}

  @Transactional
  @Retention(RetentionPolicy.RUNTIME)
  @interface InTransaction {}

  @InTransaction
  interface Annotated {}

  @SpringJUnitConfig(OneHost.class)
  static class ByMetaAnnotation implements Annotated {
    @Test
    void neverRun() {
      throw new AssertionError("run");
    }
  }

  @SpringJUnitConfig(OneHost.class)
  static class Prepares {
    @BeforeEach
    @Transactional
    void prepare() {}

    @Test
    void neverRun() {
      throw new AssertionError("run");
    }
  }

  @SpringJUnitConfig(OneHost.class)
  @TestExecutionListeners(DependencyInjectionTestExecutionListener.class)
  static class WithListenersOfItsOwn extends OnMethod {}

  @Transactional
  @SpringJUnitConfig(OneHost.class)
  static class Outer {
    @Nested
    class Inner {
      @Test
      void neverRun() {
        throw new AssertionError("run");
      }
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(OnClass.class, "on class TransactionalTestRefusalTest.OnClass"),
        Arguments.of(OnMethod.class, "on TransactionalTestRefusalTest.OnMethod.neverRun()"),
        Arguments.of(Sub.class, "on class TransactionalTestRefusalTest.Sub"),
        Arguments.of(ByMetaAnnotation.class, "on class TransactionalTestRefusalTest.ByMetaAnn"),
        Arguments.of(Prepares.class, "on TransactionalTestRefusalTest.Prepares.prepare()"),
        Arguments.of(
            WithListenersOfItsOwn.class, "on TransactionalTestRefusalTest.OnMethod.neverRun()"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aTestThatHasTheAnnotationIsRefused(Class<?> test, String where) {
    assertRefused(failures(DiscoverySelectors.selectClass(test)), where);
  }

  @Test
  void aTestInsideOfOneThatHasTheAnnotationIsRefused() {
    assertRefused(
        failures(DiscoverySelectors.selectNestedClass(List.of(Outer.class), Outer.Inner.class)),
        "on class TransactionalTestRefusalTest.Outer");
  }

  private static void assertRefused(List<Throwable> failures, String where) {
    assertThat(failures).hasSize(1);
    assertThat(Applications.refusalIn(failures.get(0)).findings())
        .first()
        .asString()
        .startsWith("TXH-627 test TransactionalTestRefusalTest.")
        .contains("@io.txhost.Transactional is " + where)
        .contains("setRollbackOnly()");
  }

  static class Service {
    @Transactional
    public void pay() {}
  }

  @SpringJUnitConfig({OneHost.class, Service.class})
  static class OfAService {
    @Autowired TransactionHost<String> host;
    @Autowired Service service;

    @Test
    void pays() {
      host.withTransaction(
          () -> {
            service.pay();
            host.currentTransaction().orElseThrow().setRollbackOnly();
          });
    }
  }

  @Test
  void aTestOfBeansThatHaveItIsNotRefused() {
    assertThat(failures(DiscoverySelectors.selectClass(OfAService.class))).isEmpty();
  }

  @org.springframework.transaction.annotation.Transactional
  @SpringJUnitConfig(OneHost.class)
  static class BySpring {
    @Autowired TransactionHost<String> host;

    @Test
    void writes() {
      host.withTransaction(() -> {});
    }
  }

  @SpringJUnitConfig(OneHost.class)
  static class ByJakartaOnAMethod {
    @Autowired ObjectProvider<TransactionHost<String>> hosts;

    @Test
    @jakarta.transaction.Transactional
    void writes() {
      hosts.getObject().withTransaction(() -> {});
    }
  }

  static class SubOfBySpring extends BySpring {}

  @ParameterizedTest
  @ValueSource(classes = {BySpring.class, ByJakartaOnAMethod.class, SubOfBySpring.class})
  void aTestThatHasAHostAndSpringsOrJakartasAnnotationIsRefused(Class<?> test) {
    List<Throwable> failures = failures(DiscoverySelectors.selectClass(test));

    assertThat(failures).hasSize(1);
    assertThat(Applications.refusalIn(failures.get(0)).findings())
        .singleElement()
        .asString()
        .startsWith("TXH-611 test TransactionalTestRefusalTest." + test.getSimpleName())
        .contains("setRollbackOnly()");
  }

  @TestExecutionListeners(DependencyInjectionTestExecutionListener.class) // no manager is there
  @TestPropertySource(properties = "txhost.spring.foreign-transactional=warn")
  static class WarnedOf extends ByJakartaOnAMethod {}

  @Test
  void withThePropertySuchATestIsRunAndWarnedOf() {
    assertThat(failures(DiscoverySelectors.selectClass(WarnedOf.class))).isEmpty();
  }

  private static List<Throwable> failures(DiscoverySelector selector) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selector).build();
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, summary);
    assertThat(summary.getSummary().getTestsFoundCount()).isEqualTo(1);
    return summary.getSummary().getFailures().stream().map(f -> f.getException()).toList();
  }
}
