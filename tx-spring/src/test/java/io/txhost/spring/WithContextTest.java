package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.aopalliance.intercept.MethodInvocation;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.annotation.Order;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.util.ClassUtils;

/** A context around jobs and listeners. */
@ExtendWith(NothingLeftBehind.class)
class WithContextTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);
  private static final ContextKey<String> JOB = ContextKey.of("job", String.class);

  /** Where a method finds itself, and what it leaves there. */
  private static String here() {
    Context context = Context.current();
    String found =
        context.id()
            + " "
            + context.get(TENANT).orElse("-")
            + (context.id().equals(MDC.get("requestId")) ? "" : " not in the log");
    context.set(TENANT, "set inside");
    return found;
  }

  // ---- jobs

  @EnableScheduling
  static class Jobs {
    private final TransactionHost<String> host;
    final BlockingQueue<String> runs = new LinkedBlockingQueue<>();

    Jobs(TransactionHost<String> host) {
      this.host = host;
    }

    BlockingQueue<String> runs() { // through the proxy, which has no fields of its own
      return runs;
    }

    // region job
    @Scheduled(fixedDelay = 1)
    @WithContext
    @Transactional
    public void sendReminders() {
      runs.add(Context.current().id() + " " + host.isTransactionActive());
    }
    // endregion
  }

  @Test
  void eachRunOfAScheduledJobHasAContextOfItsOwnAroundItsTransaction() throws Exception {
    try (var application = Applications.start(OneHost.class, Jobs.class)) {
      BlockingQueue<String> runs = application.getBean(Jobs.class).runs();
      String first = runs.poll(60, TimeUnit.SECONDS);
      String second = runs.poll(60, TimeUnit.SECONDS);

      assertThat(List.of(first, second)).allMatch(run -> run.endsWith(" true"));
      assertThat(first).isNotEqualTo(second);
    }
  }

  // ---- listeners

  record Happened(String what) {}

  static class Listener {
    final Queue<String> heard = new ConcurrentLinkedQueue<>();

    Queue<String> heard() {
      return heard;
    }

    @EventListener
    @WithContext
    public void on(Happened event) {
      heard.add(here());
    }
  }

  @Test
  void aListenerInsideARequestHasACopyOfItsContextUnlessItSaysOtherwise() {
    try (var application = Applications.start(OneHost.class, Listener.class)) {
      Context.run(
          () -> {
            Context request = Context.current().set(TENANT, "a");
            application.publishEvent(new Happened("x"));
            assertThat(application.getBean(Listener.class).heard())
                .containsExactly(request.id() + " a");
            assertThat(request.require(TENANT)).isEqualTo("a");
            assertThat(Context.current()).isSameAs(request);
          });
    }
    assertThat(MDC.get("requestId")).isNull();
  }

  @Test
  void theModeIsTheAnnotations() {
    try (var application = Applications.start(OneHost.class, Again.class)) {
      Again again = application.getBean(Again.class);
      Context.run(
          () -> {
            Context request = Context.current().set(TENANT, "a");
            assertThat(again.reusing()).isEqualTo(request.id() + " a");
            assertThat(request.require(TENANT)).isEqualTo("set inside");
            assertThat(again.starting()).endsWith(" -").doesNotContain(request.id());
            assertThat(again.byMetaAnnotation()).endsWith(" -").doesNotContain(request.id());
            assertThat(request.require(TENANT)).isEqualTo("set inside");
          });
      assertThat(again.reusing()).endsWith(" -");
    }
  }

  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @WithContext
  @interface Job {
    @AliasFor(annotation = WithContext.class)
    ContextMode mode() default ContextMode.NEW;
  }

  @WithContext(mode = ContextMode.REUSE)
  static class Again {
    public String reusing() {
      return here();
    }

    @WithContext(mode = ContextMode.NEW)
    public String starting() {
      return here();
    }

    @Job
    public String byMetaAnnotation() {
      return here();
    }
  }

  static class Failing {
    @WithContext
    public void fail(Exception failure) throws Exception {
      throw failure;
    }
  }

  @Test
  void whatTheMethodThrowsLeavesUnchanged() {
    IOException failure = new IOException("job");
    try (var application = Applications.start(OneHost.class, Failing.class)) {
      assertThatThrownBy(() -> application.getBean(Failing.class).fail(failure)).isSameAs(failure);
    }
    assertThat(Context.isActive()).isFalse();
    assertThat(MDC.get("requestId")).isNull();
  }

  // ---- initializers

  @Configuration
  static class Initializers {
    @Bean
    @Order(2)
    ContextInitializer<MethodInvocation> job() {
      return (context, call) ->
          context.set(
              JOB,
              context.require(TENANT) + " " + call.getMethod().getName() + call.getArguments()[0]);
    }

    @Bean
    @Order(1)
    ContextInitializer<Object> tenant() {
      return (context, source) -> context.set(TENANT, "first");
    }

    /** For something else. */
    @Bean
    ContextInitializer<String> other() {
      return (context, source) -> {
        throw new AssertionError("asked");
      };
    }
  }

  static class Worker {
    @WithContext
    public String work(int number) {
      return Context.current().require(JOB);
    }
  }

  @Test
  void theInitializersForCallsFillTheContextInTheirOrder() { // C10
    try (var application = Applications.start(OneHost.class, Initializers.class, Worker.class)) {
      assertThat(application.getBean(Worker.class).work(7)).isEqualTo("first work7");
    }
    assertThat(log.messages()).isEmpty();
  }

  @Configuration
  static class FailingInitializer {
    @Bean
    ContextInitializer<Object> failing() {
      return (context, source) -> {
        throw new IllegalStateException("no tenant");
      };
    }
  }

  @Test
  void anInitializersFailureIsTheCallers() { // C10
    try (var application =
        Applications.start(OneHost.class, FailingInitializer.class, Worker.class)) {
      assertThatThrownBy(() -> application.getBean(Worker.class).work(7))
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("no tenant");
    }
  }

  // ---- order

  static class Work {
    @WithContext
    @Transactional
    public void run() {}
  }

  @Aspect
  @Order(Integer.MIN_VALUE)
  static class Outermost {
    private final TransactionHost<String> host;
    final Queue<String> notes = new ConcurrentLinkedQueue<>();

    Outermost(TransactionHost<String> host) {
      this.host = host;
    }

    @Around("execution(* io.txhost.spring.WithContextTest.Work.run())")
    Object around(ProceedingJoinPoint call) throws Throwable {
      notes.add(Context.isActive() + " " + host.isTransactionActive());
      return call.proceed();
    }
  }

  @Configuration
  @EnableAspectJAutoProxy
  @EnableTransactionHosts(order = Integer.MIN_VALUE)
  static class TransactionOutermost {
    @Bean
    TransactionHost<String> host() {
      return OneHost.host("default");
    }
  }

  @Configuration
  @EnableAspectJAutoProxy
  static class WithAspects {}

  @Test // E5
  void theContextLiesOutsideOfEveryOrderedAdvice() {
    try (var application =
        Applications.start(OneHost.class, WithAspects.class, Outermost.class, Work.class)) {
      application.getBean(Work.class).run();
      assertThat(application.getBean(Outermost.class).notes).containsExactly("true false");
    }
  }

  static class OpenedInside {
    private final TransactionHost<String> host;

    OpenedInside(TransactionHost<String> host) {
      this.host = host;
    }

    @WithContext
    @Transactional
    public String run() {
      Context.current().onEnd(() -> ENDS.add("transaction " + host.isTransactionActive()));
      return "ran";
    }
  }

  private static final Queue<String> ENDS = new ConcurrentLinkedQueue<>();

  @Test // E5
  void theContextLiesOutsideOfTheTransactionWhateverItsOrder() {
    for (Class<?> configuration : List.of(OneHost.class, TransactionOutermost.class)) {
      ENDS.clear();
      try (var application = Applications.start(configuration, OpenedInside.class)) {
        application.getBean(OpenedInside.class).run();
      }
      assertThat(ENDS).containsExactly("transaction false");
    }
  }

  @EnableAsync
  static class WithAsync {}

  static class Background {
    @Async
    @WithContext
    public CompletableFuture<String> run() {
      return CompletableFuture.completedFuture(here() + " " + Thread.currentThread().getName());
    }
  }

  @Test // E5
  void anAsyncMethodHasItsContextOnTheOtherThread() throws Exception {
    try (var application = Applications.start(OneHost.class, WithAsync.class, Background.class)) {
      assertThat(application.getBean(Background.class).run().get(60, TimeUnit.SECONDS))
          .contains(" - ")
          .doesNotContain(Thread.currentThread().getName())
          .doesNotContain("not in the log");
    }
  }

  @EnableResilientMethods
  static class WithRetries {}

  static class Retried {
    private final TransactionHost<String> host;
    final Queue<String> attempts = new ConcurrentLinkedQueue<>();

    Retried(TransactionHost<String> host) {
      this.host = host;
    }

    Queue<String> attempts() {
      return attempts;
    }

    @Retryable(maxRetries = 2, delay = 1)
    @WithContext
    public void inContexts() {
      attempts.add(Context.current().id());
      throw new IllegalStateException("again");
    }

    @Retryable(maxRetries = 2, delay = 1)
    @Transactional
    public void inTransactions() {
      attempts.add("begun");
      host.currentTransaction().orElseThrow().afterRollback(() -> attempts.add("rolled back"));
      throw new IllegalStateException("again");
    }

    @Retryable(maxRetries = 2, delay = 1)
    public void fromAJob() {
      attempts.add(Context.current().id());
      throw new IllegalStateException("again");
    }
  }

  static class JobOfRetries {
    private final Retried retried;

    JobOfRetries(Retried retried) {
      this.retried = retried;
    }

    @WithContext
    public void run() {
      retried.fromAJob();
    }
  }

  private interface Attempt {
    void on(ApplicationContext application);
  }

  private static Queue<String> attempts(Class<?> transactionOrder, Attempt attempt) {
    try (var application =
        Applications.start(
            transactionOrder, WithRetries.class, Retried.class, JobOfRetries.class)) {
      assertThatThrownBy(() -> attempt.on(application)).hasMessage("again");
      return application.getBean(Retried.class).attempts();
    }
  }

  @Test // E5
  void springsOwnRetryableLiesOutsideSoThatEachAttemptHasAContextAndATransactionOfItsOwn() {
    assumeTrue(
        ClassUtils.isPresent("org.springframework.resilience.annotation.Retryable", null),
        "this Spring has no @Retryable of its own");
    for (Class<?> order : List.of(OneHost.class, TransactionOutermost.class)) {
      assertThat(attempts(order, beans -> beans.getBean(Retried.class).inContexts()))
          .hasSize(3)
          .doesNotHaveDuplicates();
      assertThat(attempts(order, beans -> beans.getBean(Retried.class).inTransactions()))
          .containsExactly("begun", "rolled back", "begun", "rolled back", "begun", "rolled back");
    }
  }

  @Test // E5
  void allAttemptsAreInTheContextOfTheMethodThatCallsTheRetriedOne() {
    assertThat(Set.copyOf(attempts(OneHost.class, b -> b.getBean(JobOfRetries.class).run())))
        .hasSize(1);
  }

  @Test
  void afterwardsTheLogHasWhatItHadBefore() {
    try (var application = Applications.start(OneHost.class, Again.class)) {
      MDC.put("requestId", "before");
      assertThat(application.getBean(Again.class).starting()).doesNotContain("not in the log");
      assertThat(MDC.get("requestId")).isEqualTo("before");
    } finally {
      MDC.remove("requestId");
    }
  }

  // ---- refused at start-up

  @Configuration
  static class OfUnknownSources {
    @Bean
    ContextInitializer<?> wild() {
      return (context, source) -> {};
    }

    @Bean
    <T> ForAny<T> generic() {
      return new ForAny<>();
    }
  }

  static class ForAny<T> implements ContextInitializer<T> {
    @Override
    public void initialize(Context context, T source) {}
  }

  @Test
  void aContextInitializerThatDoesNotSayWhatForIsRefused() {
    assertThat(
            Applications.refusalOf(OneHost.class, Worker.class, OfUnknownSources.class).findings())
        .hasSize(2)
        .allMatch(finding -> finding.startsWith("TXH-622 bean '"))
        .anyMatch(
            finding ->
                finding.contains(
                    "'wild': io.txhost.context.ContextInitializer<?> does not say what it"
                        + " initializes contexts for, so it would be called for each @WithContext"
                        + " method, with a MethodInvocation; declare its type argument,"))
        .anyMatch(finding -> finding.contains("'generic'"));
  }

  @Test
  void soIsALambdaRegisteredByHand() {
    ContextInitializer<String> byHand = (context, text) -> {};
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(OneHost.class, Worker.class);
      application.getBeanFactory().registerSingleton("byHand", byHand);

      assertThatThrownBy(application::refresh)
          .isInstanceOf(StartupRefusedException.class)
          .hasMessageContaining("TXH-622 bean 'byHand'");
    }
  }

  @Test
  void withoutAnyMethodToCallItForItIsNotRefused() {
    Applications.start(OneHost.class, OfUnknownSources.class).close();
  }

  static class PrivateMethod {
    @WithContext
    private void run() {}
  }

  static class StaticMethod {
    @WithContext
    public static void run() {}
  }

  static class FinalMethod {
    @WithContext
    public final void run() {}
  }

  static final class FinalClass {
    @WithContext
    public void run() {}
  }

  static class NotInInterface implements Runnable {
    @Override
    public void run() {}

    @WithContext
    public void other() {}
  }

  static class ReturnsFuture {
    @WithContext
    public CompletableFuture<String> run() {
      return CompletableFuture.completedFuture("");
    }
  }

  @Test // E1, E2
  void whereNoProxyCanCarryItOutTheStartIsRefused() {
    assertThat(Applications.findingOf(OneHost.class, PrivateMethod.class))
        .isEqualTo(
            "TXH-601 bean 'withContextTest.PrivateMethod': method WithContextTest.PrivateMethod.run() is"
                + " private, so no proxy sees its calls and its @WithContext would be ignored; annotate a"
                + " public method that another bean calls, or wrap the body in Context.call(..).");
    assertThat(Applications.findingOf(OneHost.class, StaticMethod.class))
        .startsWith("TXH-602")
        .contains("its @WithContext would be ignored");
    assertThat(Applications.findingOf(OneHost.class, FinalMethod.class))
        .startsWith("TXH-603")
        .contains("its @WithContext would be ignored");
    assertThat(Applications.findingOf(OneHost.class, FinalClass.class))
        .startsWith("TXH-605")
        .contains("its @WithContext would be ignored");
    assertThat(Applications.findingOf(OneHost.class, NotInInterface.class))
        .startsWith("TXH-606")
        .contains("its @WithContext would be ignored");
    assertThat(Applications.findingOf(OneHost.class, ReturnsFuture.class))
        .startsWith("TXH-607")
        .contains("so the context would end when it returns")
        .contains("put @WithContext on the method that the other thread runs");
  }

  static class Plain {
    @WithContext
    public void run() {}
  }

  @Test
  void anObjectRegisteredByHandIsRefused() {
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(OneHost.class);
      application.getBeanFactory().registerSingleton("byHand", new Plain());

      assertThatThrownBy(application::refresh)
          .isInstanceOf(StartupRefusedException.class)
          .hasMessageContaining(
              "TXH-610 bean 'byHand': it has @WithContext methods (WithContextTest.Plain.run()) but no"
                  + " proxy, so they would run without a context:");
    }
  }

  static class Both {
    @WithContext
    @Transactional
    private void run() {}
  }

  @Test
  void bothAnnotationsOfOneMethodAreFound() {
    assertThat(Applications.refusalOf(OneHost.class, Both.class).findings())
        .hasSize(2)
        .anyMatch(finding -> finding.contains("@Transactional"))
        .anyMatch(finding -> finding.contains("@WithContext"));
  }
}
