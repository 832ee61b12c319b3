package io.txhost.spring.boot;

import static io.txhost.spring.boot.Applications.host;
import static io.txhost.spring.boot.Applications.insert;
import static io.txhost.spring.boot.Applications.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import io.txhost.observe.FinishedTransaction;
import io.txhost.observe.TransactionObserver;
import io.txhost.test.NothingLeftBehind;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the starter shows of transactions: issue 15, points 1 and 2. */
@Timeout(120)
@ExtendWith(NothingLeftBehind.class)
final class ObserveTest {
  private final ApplicationContextRunner application =
      Applications.withPool()
          .withConfiguration(
              AutoConfigurations.of(
                  TxHostObserveAutoConfiguration.class, TxHostEndpointAutoConfiguration.class));

  private static TransactionOptions named(String name) {
    return TransactionOptions.defaults().name(name);
  }

  @Test
  void theEndpointIsThereWhereItIsExposed() {
    application.run(context -> assertThat(context).doesNotHaveBean(TxHostEndpoint.class));
    exposed().run(context -> assertThat(context).hasSingleBean(TxHostEndpoint.class));
  }

  private ApplicationContextRunner exposed() {
    return application.withPropertyValues("management.endpoints.web.exposure.include=txhost");
  }

  @Test
  void itTellsWhatIsOpenAndWhatIsOver() {
    exposed()
        .withPropertyValues("txhost.observe.slow-from=0ms")
        .run(
            context -> {
              table(context);
              TransactionHost<Connection> host = host(context, Connection.class);
              TxHostEndpoint endpoint = context.getBean(TxHostEndpoint.class);
              try {
                host.withTransaction(
                    named("orders.refuse"),
                    () -> {
                      throw new IllegalStateException("secret");
                    });
              } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("secret");
              }
              host.withTransaction(
                  named("orders.place"),
                  () -> {
                    insert(host.tx(), 1);

                    TxHostEndpoint.Report now = endpoint.transactions();
                    assertThat(now.open())
                        .singleElement()
                        .satisfies(
                            open -> {
                              assertThat(open.name()).isEqualTo("orders.place");
                              assertThat(open.host()).isEqualTo("default");
                              assertThat(open.thread()).isEqualTo(Thread.currentThread().getName());
                              assertThat(open.connectionHeld()).isTrue();
                              assertThat(open.statements()).isEqualTo(1);
                              assertThat(open.waitingFor()).isEqualTo("its own code");
                              assertThat(open.age()).isPositive();
                            });
                    assertThat(now.failed())
                        .singleElement()
                        .satisfies(
                            failed -> {
                              assertThat(failed.name()).isEqualTo("orders.refuse");
                              assertThat(failed.outcome()).isEqualTo("rolled-back");
                              assertThat(failed.reason())
                                  .isEqualTo("java.lang.IllegalStateException");
                            });
                    assertThat(now.toString()).doesNotContain("secret");
                  });
              assertThat(endpoint.transactions().open()).isEmpty();
              assertThat(endpoint.transactions().slow())
                  .extracting(TxHostEndpoint.Over::name)
                  .containsExactly("orders.place", "orders.refuse");
            });
  }

  @Test
  void eachAnswerBesideSixtyFourWritersIsConsistent() {
    exposed()
        .withPropertyValues("txhost.observe.slow-from=0ms", "txhost.observe.remembered=10")
        .run(
            context -> {
              table(context);
              TransactionHost<Connection> host = host(context, Connection.class);
              TxHostEndpoint endpoint = context.getBean(TxHostEndpoint.class);
              AtomicBoolean isOver = new AtomicBoolean();
              Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
              List<Thread> writers = new ArrayList<>();
              for (int i = 0; i < 64; i++) {
                writers.add(new Thread(() -> write(host, isOver, failures), "writer-" + i));
              }
              writers.forEach(Thread::start);
              try {
                for (int i = 0; i < 1_000; i++) {
                  check(endpoint.transactions());
                }
              } finally {
                isOver.set(true);
                for (Thread each : writers) {
                  each.join();
                }
              }
              assertThat(failures).isEmpty();
              assertThat(endpoint.transactions().open()).isEmpty();
            });
  }

  private static void write(
      TransactionHost<Connection> host, AtomicBoolean isOver, Queue<Throwable> failures) {
    try {
      while (!isOver.get()) {
        host.withTransaction(
            named("outer"),
            () -> {
              host.withTransaction(named("inner").propagation(Propagation.NESTED), () -> {});
              if (Thread.currentThread().getName().endsWith("7")) {
                host.tx().createStatement().close();
              }
            });
      }
    } catch (Throwable failure) {
      failures.add(failure);
    }
  }

  private static void check(TxHostEndpoint.Report answer) {
    Set<Long> open = new HashSet<>();
    for (TxHostEndpoint.Open one : answer.open()) {
      assertThat(open.add(one.id())).as("told once").isTrue();
      assertThat(one.name()).isEqualTo("outer");
      assertThat(one.age()).isGreaterThanOrEqualTo(one.connectionHeldFor());
      assertThat(one.age()).isGreaterThanOrEqualTo(one.unusedFor());
      assertThat(one.connectionHeld() || one.connectionHeldFor().isZero()).isTrue();
      assertThat(one.thread()).startsWith("writer-");
    }
    assertThat(answer.slow()).hasSizeLessThanOrEqualTo(10);
    assertThat(answer.failed()).isEmpty();
    for (TxHostEndpoint.Over one : answer.slow()) {
      assertThat(open).as("not open and over").doesNotContain(one.id());
      assertThat(one.duration()).isGreaterThanOrEqualTo(one.connectionHeld());
      assertThat(one.outcome()).isEqualTo("committed");
    }
  }

  @Test
  void metersGoToTheApplicationsRegistry() {
    application
        .withUserConfiguration(Registries.class)
        .run(
            context -> {
              TransactionHost<Connection> host = host(context, Connection.class);
              host.withTransaction(named("t"), () -> {});

              assertThat(
                      context
                          .getBean(MeterRegistry.class)
                          .get("txhost.transactions")
                          .tags("name", "t", "outcome", "committed", "host", "default")
                          .timer()
                          .count())
                  .isEqualTo(1);
              assertThat(context.getBean(Registries.class).seen)
                  .containsExactly("txhost.transaction");
            });
  }

  @Test
  void eachPartCanBeSwitchedOff() {
    application
        .withUserConfiguration(Registries.class)
        .withPropertyValues("txhost.observe.meters=false", "txhost.observe.observations=false")
        .run(
            context -> {
              host(context, Connection.class).withTransaction(() -> {});

              assertThat(context.getBean(MeterRegistry.class).getMeters())
                  .noneMatch(meter -> meter.getId().getName().startsWith("txhost"));
              assertThat(context.getBean(Registries.class).seen).isEmpty();
            });
    application
        .withPropertyValues("txhost.observe.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(TransactionObserver.class));
  }

  @Test
  void anObserverOfTheApplicationsReplacesIt() {
    exposed()
        .withUserConfiguration(Own.class)
        .run(
            context -> {
              host(context, Connection.class).withTransaction(named("t"), () -> {});

              assertThat(context.getBean(TransactionObserver.class).slow())
                  .extracting(FinishedTransaction::name)
                  .containsExactly("t");
              assertThat(context.getBean(TxHostEndpoint.class).transactions().slow()).hasSize(1);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Registries {
    final Queue<String> seen = new ConcurrentLinkedQueue<>();

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    ObservationRegistry observations() {
      ObservationRegistry registry = ObservationRegistry.create();
      registry
          .observationConfig()
          .observationHandler(
              new ObservationHandler<Observation.Context>() {
                @Override
                public boolean supportsContext(Observation.Context context) {
                  return true;
                }

                @Override
                public void onStop(Observation.Context context) {
                  seen.add(context.getName());
                }
              });
      return registry;
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Own {
    @Bean
    TransactionObserver own() {
      return TransactionObserver.builder().memory(3, Duration.ZERO).build();
    }
  }
}
