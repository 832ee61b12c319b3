package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.TransactionalCallable;
import io.txhost.context.Context;
import io.txhost.context.ContextMode;
import io.txhost.spring.Applications.OneHost;
import io.txhost.spring.elsewhere.Base;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.support.ScopeNotActiveException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.ApplicationObjectSupport;

/** Beans of scope "context". */
// C8
class ContextScopeTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();
  @RegisterExtension final WatchedPools pools = new WatchedPools();

  private static final AtomicInteger MADE = new AtomicInteger();
  private static final Queue<String> DESTROYED = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void forget() {
    MADE.set(0);
    DESTROYED.clear();
    Slow.duringMaking = () -> null;
    Slow.duringDestroying = () -> null;
  }

  // region bean
  @ContextScope
  static class Audit implements DisposableBean {
    private final List<String> entries = new ArrayList<>();
    private final int number = MADE.incrementAndGet();

    public void add(String entry) {
      entries.add(entry);
    }

    public String show() {
      return number + " " + entries;
    }

    @Override
    public void destroy() {
      DESTROYED.add(number + " in " + Context.current().id());
    }
  }

  // endregion

  /** A singleton, given the proxy. */
  record Service(Audit audit) {}

  private static ConfigurableApplicationContext start(Class<?>... more) {
    List<Class<?>> all = new ArrayList<>(List.of(OneHost.class, Audit.class, Service.class));
    all.addAll(List.of(more));
    return Applications.start(all.toArray(Class<?>[]::new));
  }

  @Test
  void eachContextHasItsOwnMadeWhenFirstUsedAndDestroyedWithIt() {
    try (var application = start()) {
      Audit audit = application.getBean(Service.class).audit();
      assertThat(MADE).hasValue(0);

      Context.call(
          ContextMode.NEW,
          "first",
          () -> {
            assertThat(MADE).hasValue(0);
            audit.add("a");
            audit.add("b");
            assertThat(audit.show()).isEqualTo("1 [a, b]");
            assertThat(DESTROYED).isEmpty();
            return null;
          });
      assertThat(DESTROYED).containsExactly("1 in first");
      Context.run(() -> assertThat(audit.show()).isEqualTo("2 []"));
      Context.run(() -> {});
    }
    assertThat(MADE).hasValue(2);
    assertThat(DESTROYED).hasSize(2);
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void aCopyHasItsOwnAndWhoReusesTheContextSharesIt() {
    try (var application = start()) {
      Audit audit = application.getBean(Service.class).audit();
      Context.run(
          () -> {
            audit.add("outer");
            Context.run(ContextMode.REUSE, () -> assertThat(audit.show()).isEqualTo("1 [outer]"));
            Context.run(ContextMode.INHERIT, () -> assertThat(audit.show()).isEqualTo("2 []"));
            assertThat(DESTROYED).hasSize(1).allMatch(bean -> bean.startsWith("2 in "));
            Context.run(ContextMode.NEW, () -> assertThat(audit.show()).isEqualTo("3 []"));
            assertThat(audit.show()).isEqualTo("1 [outer]");
          });
    }
    assertThat(DESTROYED).extracting(bean -> bean.substring(0, 1)).containsExactly("2", "3", "1");
  }

  @Test
  void aStructuredChildSharesItsParents() throws Exception {
    try (var application = start()) {
      Audit audit = application.getBean(Service.class).audit();
      TransactionHost<?> host = application.getBean(TransactionHost.class);
      Context.<Object, Exception>call(
          () ->
              host.withTransaction(
                  () -> {
                    TransactionalCallable<String, RuntimeException> child = audit::show;
                    assertThat(host.inParallel(List.of(child, child, child))).containsOnly("1 []");
                    assertThat(audit.show()).isEqualTo("1 []");
                    return null;
                  }));
    }
    assertThat(DESTROYED).hasSize(1);
  }

  // ---- what its proxy would not hand on

  @ContextScope
  static class WithAFinalMethod {
    private int number;

    public final int next() {
      return ++number;
    }
  }

  @Test // E1
  void oneWithAFinalMethodThatItsProxyWouldRunItselfIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, WithAFinalMethod.class))
        .isEqualTo(
            "TXH-603 bean 'contextScopeTest.WithAFinalMethod': method"
                + " ContextScopeTest.WithAFinalMethod.next() is final, so no proxy can override it"
                + " and it would run on the proxy, with fields that all contexts share; make it"
                + " non-final, or let the proxy be by interface: @ContextScope(proxyMode ="
                + " ScopedProxyMode.INTERFACES).");
  }

  abstract static class WithFinals {
    protected final void inherited() {}

    private final void hidden() {}

    static final void ofTheClass() {}
  }

  @ContextScope
  static class Inheriting extends WithFinals {
    final void ofThePackage() {}
  }

  @ContextScope
  static class InheritingFromElsewhere extends Base {}

  @Test // E1
  void soIsOneThatInheritsSuchAMethodOrHasOneThatItsProxyDoesNotSee() {
    assertThat(Applications.refusalOf(OneHost.class, Inheriting.class).findings())
        .hasSize(2)
        .allMatch(finding -> finding.startsWith("TXH-603"))
        .anyMatch(finding -> finding.contains("ContextScopeTest.Inheriting.ofThePackage()"))
        .anyMatch(finding -> finding.contains("ContextScopeTest.WithFinals.inherited()"));
    assertThat(Applications.findingOf(OneHost.class, InheritingFromElsewhere.class))
        .startsWith("TXH-604")
        .contains("with fields that all contexts share; make it protected or public.");
  }

  @ContextScope(proxyMode = ScopedProxyMode.INTERFACES)
  static class ByInterface extends WithFinals implements Supplier<String> {
    @Override
    public final String get() {
      return "got";
    }
  }

  @ContextScope(proxyMode = ScopedProxyMode.NO)
  static class WithoutAProxy extends WithFinals {}

  @Scope(value = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
  static class OfAnotherScope extends WithFinals {}

  /** A framework's final methods are its own affair. */
  @ContextScope
  static class OfAFramework extends ApplicationObjectSupport {}

  @Test
  void whereNoSuchProxyIsMadeFinalMethodsAreNoneOfItsBusiness() {
    try (var application =
        Applications.start(
            OneHost.class,
            ByInterface.class,
            WithoutAProxy.class,
            OfAnotherScope.class,
            OfAFramework.class)) {
      Supplier<?> bean = application.getBean("contextScopeTest.ByInterface", Supplier.class);
      Context.run(() -> assertThat(bean.get()).isEqualTo("got"));
    }
  }

  @Test
  void itIsMadeOnceUnderConcurrency() throws Exception {
    int threads = 16;
    ExecutorService pool = pools.ofThreads(threads);
    try (var application = start()) {
      Audit audit = application.getBean(Service.class).audit();
      for (int round = 1; round <= 50; round++) {
        CyclicBarrier start = new CyclicBarrier(threads);
        Set<String> seen =
            Context.<Set<String>, Exception>call(
                () -> {
                  Callable<String> asking =
                      () -> {
                        start.await(60, TimeUnit.SECONDS);
                        return audit.show();
                      };
                  List<Future<String>> asked = new ArrayList<>();
                  for (int i = 0; i < threads; i++) {
                    asked.add(pool.submit(Context.wrap(asking)));
                  }
                  Set<String> shown = new HashSet<>();
                  for (Future<String> one : asked) {
                    shown.add(one.get(60, TimeUnit.SECONDS));
                  }
                  return shown;
                });
        assertThat(seen).containsExactly(round + " []");
      }
    }
    assertThat(MADE).hasValue(50);
    assertThat(DESTROYED).hasSize(50);
  }

  /** Asks for another one only when it goes. */
  @ContextScope
  static class Farewell implements DisposableBean {
    private final Audit audit;

    Farewell(Audit audit) {
      this.audit = audit;
    }

    public void touch() {}

    @Override
    public void destroy() {
      audit.add("farewell");
      DESTROYED.add("farewell after " + audit.show());
    }
  }

  @Test
  void oneThatIsFirstUsedByTheEndOfAnotherIsDestroyedToo() {
    try (var application = start(Farewell.class)) {
      Farewell farewell = application.getBean(Farewell.class);
      Context.call(
          ContextMode.NEW,
          "ending",
          () -> {
            farewell.touch();
            assertThat(MADE).hasValue(0);
            return null;
          });
    }
    assertThat(DESTROYED).containsExactly("farewell after 1 [farewell]", "1 in ending");
    assertThat(log.messages()).isEmpty();
  }

  /** Two that use each other at their end. */
  @ContextScope
  static class Left implements DisposableBean {
    private final Right right;

    Left(Right right) {
      this.right = right;
    }

    public void touch() {}

    @Override
    public void destroy() {
      right.touch();
      DESTROYED.add("left");
    }
  }

  @ContextScope
  static class Right implements DisposableBean {
    private final ObjectProvider<Left> left;

    Right(ObjectProvider<Left> left) {
      this.left = left;
    }

    public void touch() {}

    @Override
    public void destroy() {
      left.getObject().touch();
      DESTROYED.add("right");
    }
  }

  @Test
  @Timeout(60)
  void twoThatUseEachOtherAtTheirEndAreDestroyedOnce() {
    try (var application = start(Left.class, Right.class)) {
      Context.run(() -> application.getBean(Left.class).touch());
    }
    assertThat(DESTROYED).containsExactlyInAnyOrder("left", "right");
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void allAreDestroyedThoughSeveralFailByTheSameException() {
    try (var application = start(Fails.class, FailsToo.class, FailsAtTheirEnd.class)) {
      Context.run(
          () -> {
            application.getBean(Audit.class).add("destroyed last");
            application.getBean(Fails.class).touch();
            application.getBean(FailsToo.class).touch();
          });
    }
    assertThat(DESTROYED).hasSize(3).element(2).asString().startsWith("1 in ");
    assertThat(log.messages()).singleElement().asString().contains("TXH-305");
  }

  static class FailsBefore {
    public void touch() {}
  }

  @ContextScope
  static class Fails extends FailsBefore {}

  @ContextScope
  static class FailsToo extends FailsBefore {}

  /** Spring logs what a bean's own destruction throws, and lets this one's through. */
  static class FailsAtTheirEnd implements DestructionAwareBeanPostProcessor {
    private final IllegalStateException failure = new IllegalStateException("at its end");

    @Override
    public void postProcessBeforeDestruction(Object bean, String name) {
      if (bean instanceof FailsBefore) {
        DESTROYED.add("failed");
        throw failure;
      }
    }
  }

  @Test
  void oneThatIsBeingMadeWhenItsContextEndsIsDestroyedWithIt() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch ending = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (var application = start(Slow.class)) {
      Slow slow = application.getBean(Slow.class);
      Slow.duringMaking =
          () -> {
            making.countDown();
            assertThat(ending.await(20, TimeUnit.SECONDS)).isTrue();
            return null;
          };
      Thread maker =
          Context.<Thread, Exception>call(
              ContextMode.NEW,
              "ending",
              () -> {
                Context.current().onEnd(ending::countDown); // comes after the beans
                Thread thread =
                    new Thread(
                        Context.wrap((Runnable) () -> thrown.set(catchThrowable(slow::touch))));
                thread.start();
                assertThat(making.await(20, TimeUnit.SECONDS)).isTrue();
                return thread;
              });
      maker.join(20_000);
    }
    assertThat(thrown.get()).hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(thrown.get()).rootCause().hasMessageContaining("TXH-616");
    assertThat(DESTROYED).containsExactly("slow");
    assertThat(log.messages()).isEmpty();
  }

  @Test
  void oneWhoseMakerAndWhoseEndWaitForAnotherThreadsOwnBeansIsMadeAndDestroyed() {
    try (var application = start(Slow.class, Left.class, Right.class)) {
      Slow slow = application.getBean(Slow.class);
      Right right = application.getBean(Right.class);
      Audit audit = application.getBean(Audit.class);
      Slow.duringMaking = () -> elsewhere(right::touch);
      Slow.duringDestroying = () -> elsewhere(() -> audit.add("at the end"));

      Context.run(slow::touch);
    }
    assertThat(MADE).hasValue(1);
    assertThat(DESTROYED).contains("slow", "right", "left").hasSize(4); // and the audit
    assertThat(log.messages()).isEmpty();
  }

  /** On another thread, which is waited for. */
  private static Void elsewhere(Runnable work) throws InterruptedException {
    Thread thread = new Thread(Context.wrap(work));
    thread.start();
    thread.join(20_000);
    assertThat(thread.isAlive()).as("it still waits").isFalse();
    return null;
  }

  @Test
  void whoIsInterruptedWhileAnotherMakesTheBeanIsToldWho() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> stillInterrupted = new AtomicReference<>();
    try (var application = start(Slow.class)) {
      Slow slow = application.getBean(Slow.class);
      Slow.duringMaking =
          () -> {
            Thread second =
                new Thread(
                    Context.wrap(
                        (Runnable)
                            () -> {
                              Thread.currentThread().interrupt();
                              thrown.set(catchThrowable(slow::touch));
                              stillInterrupted.set(Thread.currentThread().isInterrupted());
                            }));
            second.start();
            second.join(20_000);
            return null;
          };
      Context.run(slow::touch);
    }
    assertThat(thrown.get())
        .isInstanceOf(BeanCurrentlyInCreationException.class)
        .hasMessageContaining("TXH-621 bean 'contextScopeTest.Slow'")
        .hasMessageContaining("'" + Thread.currentThread().getName() + "'")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(stillInterrupted).hasValue(true);
  }

  @Test
  void twoThatAreMadeAtOnceAndNeedEachOtherEndByTheLimit() {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (var application = start(Slow.class, Impatient.class)) {
      Slow slow = application.getBean(Slow.class);
      Slow.duringMaking = () -> elsewhere(() -> thrown.set(catchThrowable(slow::touch)));

      Context.run(slow::touch);
    }
    assertThat(thrown.get())
        .isInstanceOf(BeanCurrentlyInCreationException.class)
        .hasMessageContaining("has waited for 1 s");
  }

  /** Waits a second and no longer. */
  @Configuration
  static class Impatient {
    @Bean
    static BeanFactoryPostProcessor scope() {
      return beans ->
          beans.registerScope(ContextBeans.SCOPE, new ContextBeans(Duration.ofSeconds(1)));
    }
  }

  /** Takes as long to make, and to destroy, as a test wants. */
  @ContextScope
  static class Slow implements DisposableBean, InitializingBean {
    private static volatile Callable<Void> duringMaking = () -> null;
    private static volatile Callable<Void> duringDestroying = () -> null;

    public void touch() {}

    @Override
    public void afterPropertiesSet() throws Exception {
      duringMaking.call();
    }

    @Override
    public void destroy() throws Exception {
      duringDestroying.call();
      DESTROYED.add("slow");
    }
  }

  @Test
  void outsideAContextTheErrorNamesTheBeanAndTheWaysToOpenOne() {
    try (var application = start()) {
      Audit audit = application.getBean(Service.class).audit();

      assertThatThrownBy(() -> audit.add("a"))
          .isInstanceOf(ScopeNotActiveException.class)
          .cause()
          .hasMessageStartingWith(
              "TXH-615 bean 'contextScopeTest.Audit' is one for each context, and no context is active on thread '"
                  + Thread.currentThread().getName())
          .hasMessageContaining("ContextFilter")
          .hasMessageContaining("@WithContext")
          .hasMessageContaining("Context.call")
          .hasMessageContaining("Context.wrap");
      assertThat(MADE).hasValue(0);
    }
  }

  @Test
  void inAContextThatHasEndedTheErrorSaysSo() throws Exception {
    AtomicReference<Throwable> used = new AtomicReference<>();
    AtomicReference<Throwable> unused = new AtomicReference<>();
    CountDownLatch over = new CountDownLatch(1);
    try (var application = start()) {
      Audit audit = application.getBean(Service.class).audit();
      ExecutorService pool = pools.ofThreads(2);
      Future<?> first =
          Context.<Future<?>, RuntimeException>call(
              () -> {
                audit.add("a");
                return pool.submit(late(over, audit, used));
              });
      Future<?> second =
          Context.<Future<?>, RuntimeException>call(() -> pool.submit(late(over, audit, unused)));
      over.countDown();
      first.get(60, TimeUnit.SECONDS);
      second.get(60, TimeUnit.SECONDS);
    }
    assertThat(List.of(used.get(), unused.get()))
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .isInstanceOf(ScopeNotActiveException.class)
                    .cause()
                    .hasMessageStartingWith("TXH-616 bean 'contextScopeTest.Audit'")
                    .hasMessageContaining("has ended"));
    assertThat(MADE).hasValue(1);
    assertThat(DESTROYED).hasSize(1);
  }

  private static Runnable late(
      CountDownLatch over, Audit audit, AtomicReference<Throwable> failure) {
    return Context.wrap(
        (Runnable)
            () -> {
              try {
                assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              failure.set(catchThrowable(audit::show));
            });
  }

  static class Failing {
    void close() {
      throw new IllegalStateException("close");
    }
  }

  record Named(String name, Object other) {
    void close() {
      DESTROYED.add(name);
    }
  }

  @Configuration
  static class Several {
    @Bean(destroyMethod = "close")
    @Scope("context")
    Named inner() {
      return new Named("inner", "nothing");
    }

    @Bean(destroyMethod = "close")
    @Scope("context")
    Named outer(Named inner) {
      return new Named("outer", inner);
    }

    @Bean(destroyMethod = "close")
    @Scope("context")
    Failing failing() {
      return new Failing();
    }
  }

  @Test
  void whatUsesAnotherIsDestroyedBeforeItAndAFailureStopsNone() {
    try (var application = start(Several.class)) {
      assertThatThrownBy(
              () ->
                  Context.run(
                      () -> {
                        Named outer = application.getBean("outer", Named.class);
                        assertThat(application.getBean("failing")).isInstanceOf(Failing.class);
                        assertThat(outer.other()).isSameAs(application.getBean("inner"));
                        throw new IllegalStateException("work");
                      }))
          .hasMessage("work")
          .hasNoSuppressedExceptions();
    }
    assertThat(DESTROYED).containsExactly("outer", "inner");
    assertThat(log.messages()).hasSize(1).allMatch(message -> message.contains("failing"));
  }

  @Test
  void aBeanThatIsTakenOutIsMadeAgain() {
    try (var application = start()) {
      Context.run(
          () -> {
            Audit audit = application.getBean(Service.class).audit();
            audit.add("a");
            application.getBeanFactory().destroyScopedBean("scopedTarget.contextScopeTest.Audit");
            assertThat(DESTROYED).hasSize(1);
            assertThat(audit.show()).isEqualTo("2 []");
          });
    }
    assertThat(DESTROYED).hasSize(2);
  }

  @ContextScope(proxyMode = ScopedProxyMode.NO)
  static class WithoutProxy {}

  record Asking(ObjectProvider<WithoutProxy> provider) {}

  @Test
  void withoutAProxyAProviderGivesTheCurrentContexts() {
    try (var application = Applications.start(OneHost.class, WithoutProxy.class, Asking.class)) {
      ObjectProvider<WithoutProxy> provider = application.getBean(Asking.class).provider();
      Context.run(
          () -> {
            WithoutProxy here = provider.getObject();
            assertThat(provider.getObject()).isSameAs(here);
            Context.run(() -> assertThat(provider.getObject()).isNotSameAs(here));
          });
      assertThatThrownBy(provider::getObject).isInstanceOf(ScopeNotActiveException.class);
    }
  }

  @Test
  void twoApplicationsInOneContextHaveTheirOwn() { // E7
    try (var one = start();
        var other = start()) {
      Context.run(
          () -> {
            one.getBean(Service.class).audit().add("a");
            assertThat(other.getBean(Service.class).audit().show()).isEqualTo("2 []");
          });
    }
  }
}
