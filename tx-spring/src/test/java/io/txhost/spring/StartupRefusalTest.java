package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.spring.Applications.TwoHosts;
import io.txhost.spring.elsewhere.Base;
import io.txhost.test.NothingLeftBehind;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.ApplicationObjectSupport;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;

@ExtendWith(NothingLeftBehind.class)
class StartupRefusalTest {
  private static final String NAME = "bean 'startupRefusalTest.";

  @RegisterExtension final LogRecorder log = new LogRecorder();

  // ---- E1: methods

  static class PrivateMethod {
    @Transactional
    private void place(String order, int[] amounts) {}
  }

  @Test
  void anAnnotatedPrivateMethodIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, PrivateMethod.class))
        .isEqualTo(
            "TXH-601 "
                + NAME
                + "PrivateMethod': method StartupRefusalTest.PrivateMethod.place(String, int[]) is"
                + " private, so no proxy sees its calls and its @Transactional would be ignored;"
                + " annotate a public method that another bean calls, or wrap the body in"
                + " host.withTransaction(..).");
  }

  static class StaticMethod {
    @Transactional
    public static void place() {}
  }

  @Test
  void anAnnotatedStaticMethodIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, StaticMethod.class))
        .startsWith(
            "TXH-602 " + NAME + "StaticMethod': method StartupRefusalTest.StaticMethod.place()")
        .contains(" is static, ")
        .endsWith("or wrap the body in host.withTransaction(..).");
  }

  static class FinalMethod {
    @Transactional
    public final void place() {}
  }

  @Test
  void anAnnotatedFinalMethodIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, FinalMethod.class))
        .isEqualTo(
            "TXH-603 "
                + NAME
                + "FinalMethod': method StartupRefusalTest.FinalMethod.place() is final, so no proxy"
                + " can override it and its @Transactional would be ignored; make it non-final.");
  }

  static class FinalBase {
    public final void inherited() {}
  }

  @Transactional
  static class FinalUnderClass extends FinalBase {
    final void place() {}

    private void mayBePrivate() {}

    static void mayBeStatic() {}
  }

  @Test
  void aFinalMethodUnderAnAnnotatedClassIsRefused() {
    StartupRefusedException refusal = Applications.refusalOf(OneHost.class, FinalUnderClass.class);

    assertThat(refusal.findings())
        .hasSize(2)
        .allMatch(f -> f.startsWith("TXH-603"))
        .allMatch(
            f -> f.endsWith("make it non-final, or annotate single methods instead of the class."))
        .anyMatch(f -> f.contains("FinalUnderClass.place() is final"))
        .anyMatch(f -> f.contains("FinalBase.inherited() is final"));
    assertThat(refusal)
        .hasMessageStartingWith("TXH-600 The application context was not started: 2 findings.")
        .hasMessageContaining(refusal.findings().get(0))
        .hasMessageContaining(refusal.findings().get(1));
  }

  @Transactional
  static class FrameworkBase extends ApplicationObjectSupport {
    public void run() {}
  }

  @Test
  void theFinalMethodsOfAFrameworksBaseClassAreNotMeantByAnAnnotatedClass() {
    Applications.start(OneHost.class, FrameworkBase.class).close();
  }

  interface Place {
    void place();
  }

  static class FinalBehindInterface implements Place {
    @Override
    @Transactional
    public final void place() {}
  }

  @Test
  void aFinalMethodBehindAnInterfaceIsRefusedOnlyWhereTheProxyIsASubclass() {
    Applications.start(OneHost.class, FinalBehindInterface.class).close();
    assertThat(Applications.findingOf(OneHost.class, ByClass.class, FinalBehindInterface.class))
        .startsWith("TXH-603");
  }

  @EnableTransactionHosts(proxyTargetClass = true)
  static class ByClass {}

  @Transactional
  static class InheritsHidden extends Base {}

  @Test
  void aPackagePrivateMethodOfAnotherPackageIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, InheritsHidden.class))
        .isEqualTo(
            "TXH-604 "
                + NAME
                + "InheritsHidden': method Base.hidden() is package-private in another package or class"
                + " loader, so no proxy can override it and its @Transactional would be ignored; make"
                + " it protected or public.");
  }

  static class NotInInterface implements Place {
    @Override
    public void place() {}

    @Transactional
    public void other() {}
  }

  @Test
  void anAnnotatedMethodOutsideTheProxiedInterfacesIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, NotInInterface.class))
        .startsWith(
            "TXH-606 " + NAME + "NotInInterface': method StartupRefusalTest.NotInInterface.other()")
        .contains("is in no interface, but the bean is proxied by its interfaces")
        .endsWith("or set @EnableTransactionHosts(proxyTargetClass = true).");
    Applications.start(OneHost.class, ByClass.class, NotInInterface.class).close();
  }

  static class Unreadable {
    @Transactional(timeout = "soon")
    public void place() {}
  }

  @Test
  void anAttributeThatCannotBeReadIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, Unreadable.class))
        .startsWith("TXH-609")
        .contains("Unreadable.place()")
        .contains("not 'soon'");
  }

  // ---- E1: classes

  static final class FinalClass {
    @Transactional
    public void place() {}
  }

  static sealed class SealedClass {
    @Transactional
    public void place() {}
  }

  static final class TheOnlyOne extends SealedClass {}

  static class Unconstructible {
    private Unconstructible() {}

    @Transactional
    public void place() {}
  }

  @Test
  void aClassThatNoProxyCanExtendIsRefused() {
    String end =
        ", so no proxy can extend it and its @Transactional would be ignored; let the class be"
            + " extended, or give it an interface and let proxies be by interface.";
    assertThat(Applications.findingOf(OneHost.class, FinalClass.class))
        .isEqualTo(
            "TXH-605 " + NAME + "FinalClass': class StartupRefusalTest.FinalClass is final" + end);
    assertThat(Applications.findingOf(OneHost.class, SealedClass.class))
        .contains("is sealed" + end);
    assertThat(Applications.findingOf(OneHost.class, Unconstructible.class))
        .contains("has only private constructors" + end);
  }

  record Entry(String name) {
    @Transactional
    public void place() {}
  }

  @Configuration
  static class ARecord {
    @Bean
    Entry entry() {
      return new Entry("one");
    }
  }

  @Test
  void aRecordIsRefusedAndSaidToBeOne() {
    assertThat(Applications.findingOf(OneHost.class, ARecord.class))
        .isEqualTo(
            "TXH-605 bean 'entry': class StartupRefusalTest.Entry is a record, which is always"
                + " final, so no proxy can extend it and its @Transactional would be ignored; make"
                + " it a class, or give it an interface and let proxies be by interface.");
  }

  static final class FinalByInterface implements Place {
    @Override
    @Transactional
    public void place() {}
  }

  @Configuration
  static class HiddenBehindInterface {
    @Bean
    Place place() {
      return new FinalByInterface();
    }
  }

  @Test
  void aFinalClassBehindAnInterfaceIsRefusedOnlyWhereTheProxyIsASubclass() {
    Applications.start(OneHost.class, HiddenBehindInterface.class).close();
    assertThat(Applications.findingOf(OneHost.class, ByClass.class, HiddenBehindInterface.class))
        .startsWith("TXH-605 bean 'place'");
  }

  // ---- E2

  static class ReturnsFuture {
    @Transactional
    public Future<String> run() {
      return CompletableFuture.completedFuture("");
    }
  }

  static class ReturnsStage implements Callable<CompletionStage<String>> {
    @Override
    @Transactional
    public CompletionStage<String> call() {
      return CompletableFuture.completedFuture("");
    }
  }

  static class ReturnsCallable {
    @Transactional
    public Callable<String> run() {
      return () -> "";
    }
  }

  static class ReturnsDeferredResult {
    @Transactional
    public DeferredResult<String> run() {
      return new DeferredResult<>();
    }
  }

  static class ReturnsWebAsyncTask {
    @Transactional
    public WebAsyncTask<String> run() {
      return new WebAsyncTask<>(() -> "");
    }
  }

  static class ReturnsPublisher {
    @Transactional
    public Flow.Publisher<String> run() {
      return subscriber -> {};
    }
  }

  abstract static class GenericBase<R> {
    @Transactional
    public R run() {
      return null;
    }
  }

  static class ReturnsByTypeArgument extends GenericBase<CompletableFuture<String>> {}

  @Test
  void aMethodThatReturnsAFutureOrPublisherIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, ReturnsFuture.class))
        .isEqualTo(
            "TXH-607 "
                + NAME
                + "ReturnsFuture': method StartupRefusalTest.ReturnsFuture.run() returns Future or"
                + " suspends, so the transaction would end when it returns, while its work may still"
                + " run elsewhere; return the value itself, put @Transactional on the method that the"
                + " other thread runs, or add @Async (with @EnableAsync), which lies outside the"
                + " transaction.");
    for (Class<?> type :
        List.of(
            ReturnsStage.class,
            ReturnsPublisher.class,
            ReturnsByTypeArgument.class,
            ReturnsCallable.class,
            ReturnsDeferredResult.class,
            ReturnsWebAsyncTask.class)) {
      assertThat(Applications.findingOf(OneHost.class, type))
          .startsWith("TXH-607")
          .contains(type.getSimpleName());
    }
  }

  static class AsyncWithoutEnabling {
    @Async
    @Transactional
    public CompletableFuture<String> run() {
      return CompletableFuture.completedFuture("");
    }
  }

  @EnableAsync
  static class WithAsync {}

  @Test
  void anAsyncAnnotationThatIsNotEnabledExcusesNothing() {
    assertThat(Applications.findingOf(OneHost.class, AsyncWithoutEnabling.class))
        .startsWith("TXH-607");
    Applications.start(OneHost.class, WithAsync.class, AsyncWithoutEnabling.class).close();
    assertThat(Applications.findingOf(OneHost.class, WithAsync.class, ReturnsFuture.class))
        .startsWith("TXH-607");
  }

  static class ReturnsStream {
    @Transactional
    public Stream<String> stream() {
      return Stream.of();
    }

    @Transactional
    public Iterator<String> iterator() {
      return List.<String>of().iterator();
    }

    @Transactional
    public List<String> list() {
      return List.of();
    }
  }

  @Test
  void aMethodThatReturnsAStreamOrIteratorIsWarnedOfOnce() {
    Applications.start(OneHost.class, ReturnsStream.class).close();

    assertThat(log.messages())
        .hasSize(2)
        .contains(
            "TXH-620 "
                + NAME
                + "ReturnsStream': method StartupRefusalTest.ReturnsStream.stream() returns Stream,"
                + " which is read after the transaction has ended and then fails if it reads from the"
                + " database; return a List, or read it to its end inside.")
        .anyMatch(m -> m.contains("ReturnsStream.iterator() returns Iterator"));
  }

  // ---- E3

  static class UnknownHost {
    @Transactional(host = "oders")
    public void place() {}
  }

  static class NoHostNamed {
    @Transactional
    public void place() {}
  }

  @EnableTransactionHosts
  static class NoHosts {}

  @Test
  void anUnknownHostNameIsRefusedAndTheKnownOnesListed() {
    assertThat(Applications.findingOf(TwoHosts.class, UnknownHost.class))
        .isEqualTo(
            "TXH-608 "
                + NAME
                + "UnknownHost': the @Transactional of StartupRefusalTest.UnknownHost.place() names the"
                + " host 'oders', known are [orders, audit]; name one of them, or declare a"
                + " TransactionHost bean of that name.");
    assertThat(Applications.findingOf(TwoHosts.class, NoHostNamed.class))
        .contains(
            "names no host, and none of [orders, audit] is named 'default'; name one of them.");
    assertThat(Applications.findingOf(NoHosts.class, NoHostNamed.class))
        .contains(
            "finds no host, since this application has none: declare a TransactionHost bean over the"
                + " application's DataSource.");
  }

  // ---- every kind of bean

  @Configuration
  static class NeverMade {
    @Bean
    @Lazy
    FinalMethod lazy() {
      throw new AssertionError("made");
    }

    @Bean
    @Scope("prototype")
    PrivateMethod prototype() {
      throw new AssertionError("made");
    }

    @Bean
    @Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
    StaticMethod scoped() {
      throw new AssertionError("made");
    }

    @Bean
    static FactoryBean<ReturnsFuture> product() {
      return new FactoryBean<>() {
        @Override
        public ReturnsFuture getObject() {
          throw new AssertionError("made");
        }

        @Override
        public Class<?> getObjectType() {
          return ReturnsFuture.class;
        }
      };
    }
  }

  @Test
  void beansAreRefusedByTheirDeclaredClassesBeforeAnyIsMade() {
    assertThat(Applications.refusalOf(OneHost.class, NeverMade.class).findings())
        .satisfiesExactlyInAnyOrder(
            f -> assertThat(f).startsWith("TXH-603 bean 'lazy'"),
            f -> assertThat(f).startsWith("TXH-601 bean 'prototype'"),
            f -> assertThat(f).startsWith("TXH-602 bean 'scoped'"),
            f -> assertThat(f).startsWith("TXH-607 bean 'product'"));
  }

  static class HiddenPrivate implements Place {
    @Override
    public void place() {
      secretly();
    }

    @Transactional
    private void secretly() {}
  }

  @Configuration
  static class HiddenPrivates {
    @Bean
    Place place() {
      return new HiddenPrivate();
    }
  }

  @Configuration
  static class LazyHiddenPrivates {
    @Bean
    @Lazy
    Place place() {
      return new HiddenPrivate();
    }
  }

  @Test
  void aClassThatItsFactoryMethodHidesIsRefusedWhenTheBeanIsMade() {
    assertThat(Applications.findingOf(OneHost.class, HiddenPrivates.class))
        .startsWith("TXH-601 bean 'place'");
    try (var application = Applications.start(OneHost.class, LazyHiddenPrivates.class)) {
      for (int attempt = 1; attempt <= 2; attempt++) { // refused again, not let through
        assertThat(
                Applications.refusalIn(
                        catchThrowable(() -> application.getBean("place", Place.class)))
                    .findings())
            .hasSize(1)
            .allMatch(f -> f.startsWith("TXH-601 bean 'place'"));
      }
    }
  }

  static class Plain {
    @Transactional
    public void place() {}
  }

  /** Prioritized: made before the processor that makes the proxies. */
  abstract static class First implements BeanPostProcessor, PriorityOrdered {
    @Override
    public int getOrder() {
      return Ordered.HIGHEST_PRECEDENCE;
    }
  }

  @Configuration
  static class NeedsPlain {
    @Bean
    static First needsPlain(Plain plain) {
      return new First() {};
    }
  }

  @Test
  void aBeanMadeTooEarlyToBeProxiedIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, Plain.class, NeedsPlain.class))
        .isEqualTo(
            "TXH-610 "
                + NAME
                + "Plain': it has @Transactional methods (StartupRefusalTest.Plain.place()) but no"
                + " proxy, so they would run without a transaction: it is itself advice, a"
                + " BeanFactoryPostProcessor or a BeanPostProcessor, was created early because one of those needs it, or was"
                + " registered as a finished object; move the methods to a bean of their own, or let"
                + " that processor find it through an ObjectProvider.");
  }

  static class AnnotatedPostProcessor extends First {
    @Transactional
    public void place() {}
  }

  @Aspect
  static class AnnotatedAspect {
    @Before("execution(* io.txhost.spring.StartupRefusalTest.Place.place())")
    @Transactional
    public void place() {}
  }

  @EnableAspectJAutoProxy(proxyTargetClass = true)
  static class WithAspects {}

  @Test
  void aPostProcessorOrAspectWithTransactionalMethodsIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, ByClass.class, AnnotatedPostProcessor.class))
        .startsWith("TXH-610");
    assertThat(Applications.findingOf(OneHost.class, WithAspects.class, AnnotatedAspect.class))
        .startsWith("TXH-610");
  }

  /** In no order of Spring's: all of them are made before the first one is called. */
  static class AnnotatedFactoryPostProcessor implements BeanFactoryPostProcessor {
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {}

    @Transactional
    public void place() {}
  }

  @Configuration
  static class NeedsPlainFirst {
    @Bean
    static BeanFactoryPostProcessor needsPlain(Plain plain) {
      return beans -> {};
    }
  }

  @Configuration
  static class AsksForPlainFirst {
    @Bean
    static BeanDefinitionRegistryPostProcessor asksForPlain() {
      return registry -> ((BeanFactory) registry).getBean(Plain.class);
    }
  }

  @Test
  void aBeanMadeForAFactoryPostProcessorIsRefusedAsThatOneIs() {
    assertThat(
            Applications.findingOf(
                OneHost.class, ByClass.class, AnnotatedFactoryPostProcessor.class))
        .startsWith("TXH-610");
    assertThat(Applications.findingOf(OneHost.class, Plain.class, NeedsPlainFirst.class))
        .startsWith("TXH-610 " + NAME + "Plain'");
    assertThat(Applications.findingOf(OneHost.class, Plain.class, AsksForPlainFirst.class))
        .startsWith("TXH-610 " + NAME + "Plain'");
  }

  @Test
  void anObjectRegisteredByHandWithTransactionalMethodsIsRefused() {
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(OneHost.class);
      application.getBeanFactory().registerSingleton("byHand", new Plain());

      assertThatThrownBy(application::refresh)
          .isInstanceOf(StartupRefusedException.class)
          .hasMessageContaining("TXH-610 bean 'byHand'");
    }
  }

  /** What {@code @MockitoBean} does too. */
  @SpringJUnitConfig({OneHost.class, Plain.class})
  static class WithTestBean {
    @TestBean Plain plain;

    static Plain plain() {
      return new Plain();
    }
  }

  @Test
  void aTestsReplacementOfABeanIsLetThrough() throws Exception {
    var manager = new TestContextManager(WithTestBean.class);
    WithTestBean test = new WithTestBean();

    manager.prepareTestInstance(test);

    assertThat(test.plain.getClass()).isEqualTo(Plain.class);
    manager.getTestContext().markApplicationContextDirty(null);
  }

  static class Left {
    Left(@Lazy Right right) {}

    @Transactional
    public void place() {}
  }

  static class Right {
    Right(Left left) {}

    @Transactional
    public void place() {}
  }

  static class FieldLeft {
    @Autowired FieldRight right;

    @Transactional
    public void place() {}
  }

  static class FieldRight {
    @Autowired FieldLeft left;

    @Transactional
    public void place() {}
  }

  @Test
  void beansThatNeedEachOtherAreProxiedAndNotRefused() {
    Applications.start(OneHost.class, Left.class, Right.class, FieldLeft.class, FieldRight.class)
        .close();
  }

  @Test
  void allFindingsOfAllBeansAreListedAtOnce() {
    assertThat(
            Applications.refusalOf(
                    OneHost.class,
                    PrivateMethod.class,
                    FinalMethod.class,
                    UnknownHost.class,
                    ReturnsFuture.class)
                .findings())
        .extracting(f -> f.substring(0, 7))
        .containsExactlyInAnyOrder("TXH-601", "TXH-603", "TXH-608", "TXH-607");
  }

  @ParameterizedTest
  @ValueSource(classes = {OneHost.class, TwoHosts.class, NoHosts.class})
  void anApplicationWithoutTheAnnotationStarts(Class<?> hosts) {
    Applications.start(hosts, Base.class).close();
  }
}
