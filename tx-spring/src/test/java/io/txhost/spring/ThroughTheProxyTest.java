package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** What Spring calls on the proxy needs no refusal: it is in its transaction. */
@ExtendWith(NothingLeftBehind.class)
class ThroughTheProxyTest {

  /** Where calls were inside a transaction, by their names. */
  static final class Calls {
    private final TransactionHost<String> host;
    private final Queue<String> inside = new ConcurrentLinkedQueue<>();
    private final CountDownLatch scheduled = new CountDownLatch(1);

    Calls(TransactionHost<String> host) {
      this.host = host;
    }

    void called(String name) {
      inside.add(name + (host.isTransactionActive() ? "" : " without"));
    }
  }

  static class AllMade implements SmartInitializingSingleton {
    private final Calls calls;

    AllMade(Calls calls) {
      this.calls = calls;
    }

    @Override
    @Transactional
    public void afterSingletonsInstantiated() {
      calls.called("afterSingletonsInstantiated");
    }
  }

  @Transactional
  static class Living implements Lifecycle {
    private final Calls calls;
    private boolean running;

    Living(Calls calls) {
      this.calls = calls;
    }

    @Override
    public void start() {
      running = true;
      calls.called("start");
    }

    @Override
    public void stop() {
      running = false;
      calls.called("stop");
    }

    @Override
    public boolean isRunning() {
      return running;
    }
  }

  static class Listens implements ApplicationListener<ContextRefreshedEvent> {
    private final Calls calls;

    Listens(Calls calls) {
      this.calls = calls;
    }

    @Override
    @Transactional
    public void onApplicationEvent(ContextRefreshedEvent event) {
      calls.called("onApplicationEvent");
    }
  }

  static class Handles {
    private final Calls calls;

    Handles(Calls calls) {
      this.calls = calls;
    }

    @EventListener
    @Transactional
    public void atStart(ContextRefreshedEvent event) {
      calls.called("refreshed");
    }

    @EventListener
    @Transactional
    public void atEnd(ContextClosedEvent event) {
      calls.called("closed");
    }

    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
    @Transactional
    public void onSchedule() {
      calls.called("scheduled");
      calls.scheduled.countDown();
    }
  }

  static class Product {}

  static class Makes implements FactoryBean<Product> {
    private final Calls calls;

    Makes(Calls calls) {
      this.calls = calls;
    }

    @Override
    @Transactional
    public Product getObject() {
      calls.called("getObject");
      return new Product();
    }

    @Override
    public Class<?> getObjectType() {
      return Product.class;
    }
  }

  @Configuration
  @EnableScheduling
  static class Application {
    @Bean
    Calls calls(TransactionHost<String> host) {
      return new Calls(host);
    }
  }

  @Configuration
  static class Maker {
    @Bean
    @Transactional
    StringBuilder made(Calls calls) {
      calls.called("bean method");
      return new StringBuilder();
    }
  }

  @Test
  void whatSpringCallsOnTheProxyIsInItsTransaction() throws Exception {
    Calls calls;
    try (var application =
        Applications.start(
            OneHost.class,
            Application.class,
            Maker.class,
            AllMade.class,
            Living.class,
            Listens.class,
            Handles.class,
            Makes.class)) {
      calls = application.getBean(Calls.class);
      application.start();
      application.getBean(Product.class);
      assertThat(calls.scheduled.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(calls.inside)
        .containsExactlyInAnyOrder(
            "bean method",
            "afterSingletonsInstantiated",
            "start",
            "onApplicationEvent",
            "refreshed",
            "scheduled",
            "getObject",
            "closed",
            "stop");
  }
}
