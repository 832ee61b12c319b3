package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

// E5
@ExtendWith(NothingLeftBehind.class)
class AdviceOrderTest {

  static class Work {
    @Transactional
    public void run() {}
  }

  /** Notes whether the transaction is there already when the aspect is. */
  abstract static class Noting {
    private final TransactionHost<String> host;
    private final String name;
    final List<String> notes = new ArrayList<>();

    Noting(TransactionHost<String> host, String name) {
      this.host = host;
      this.name = name;
    }

    Object note(ProceedingJoinPoint call) throws Throwable {
      notes.add(name + (host.isTransactionActive() ? " inside" : " outside"));
      return call.proceed();
    }
  }

  @Aspect
  @Order(10)
  static class Ten extends Noting {
    Ten(TransactionHost<String> host) {
      super(host, "10");
    }

    @Around("execution(* io.txhost.spring.AdviceOrderTest.Work.run())")
    Object around(ProceedingJoinPoint call) throws Throwable {
      return note(call);
    }
  }

  @Aspect
  @Order(30)
  static class Thirty extends Noting {
    Thirty(TransactionHost<String> host) {
      super(host, "30");
    }

    @Around("execution(* io.txhost.spring.AdviceOrderTest.Work.run())")
    Object around(ProceedingJoinPoint call) throws Throwable {
      return note(call);
    }
  }

  @Configuration
  @EnableAspectJAutoProxy
  @EnableTransactionHosts(order = 20)
  static class Twenty {
    @Bean
    TransactionHost<String> host() {
      return OneHost.host("default");
    }
  }

  @EnableAspectJAutoProxy
  static class WithAspects {}

  @Test
  void aLowerOrderLiesOutsideTheTransactionAndAHigherOneInside() {
    assertThat(notesOf(Twenty.class, Work.class, Ten.class, Thirty.class))
        .containsExactly("10 outside", "30 inside");
  }

  @Test
  void withoutAnOrderTheTransactionIsInnermost() {
    assertThat(notesOf(OneHost.class, WithAspects.class, Work.class, Ten.class, Thirty.class))
        .containsExactly("10 outside", "30 outside");
  }

  private static List<String> notesOf(Class<?>... components) {
    try (var application = Applications.start(components)) {
      application.getBean(Work.class).run();
      List<String> notes = new ArrayList<>(application.getBean(Ten.class).notes);
      notes.addAll(application.getBean(Thirty.class).notes);
      return notes;
    }
  }

  @EnableAsync
  static class WithAsync {}

  static class Background {
    private final TransactionHost<String> host;

    Background(TransactionHost<String> host) {
      this.host = host;
    }

    @Async
    @Transactional
    public CompletableFuture<String> run() {
      return CompletableFuture.completedFuture(
          host.isTransactionActive() + " " + Thread.currentThread().getName());
    }
  }

  @Test // E2
  void anAsyncMethodMayReturnAFutureAndRunsItsTransactionOnTheOtherThread() throws Exception {
    try (var application = Applications.start(OneHost.class, WithAsync.class, Background.class)) {
      assertThat(application.getBean(Background.class).run().get(30, TimeUnit.SECONDS))
          .startsWith("true ")
          .doesNotContain(Thread.currentThread().getName());
    }
  }

  @Configuration
  @EnableTransactionHosts(order = 5)
  static class OtherOrder {}

  @Test
  void twoDifferentOrdersAreRefused() {
    assertThat(Applications.findingOf(OneHost.class, OtherOrder.class))
        .isEqualTo(
            "TXH-613 @EnableTransactionHosts(order = 5) on io.txhost.spring.AdviceOrderTest$OtherOrder"
                + " contradicts another one with order = 2147483647: there is one advice for all"
                + " beans, so use the annotation once.");
  }

  @EnableTransactionHosts
  static class Again {}

  @Test
  void theSameAnnotationTwiceIsOneAdvice() {
    try (var application = Applications.start(OneHost.class, Again.class, Work.class)) {
      assertThat(application.getBeansOfType(TransactionalAdvisor.class)).hasSize(1);
    }
  }
}
