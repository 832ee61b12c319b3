package io.txhost.jooq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.TransactionHost;
import io.txhost.UnexpectedRollbackException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.TransactionalRunnable;
import org.jooq.conf.InvocationOrder;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultTransactionListenerProvider;
import org.junit.jupiter.api.Test;

/** A TransactionListener that throws is told, and leaves no transaction open. */
final class JooqListenersTest extends JooqFixture {

  private static final List<String> CALLBACKS =
      Stream.of(TransactionListener.class.getMethods())
          .filter(each -> !Modifier.isStatic(each.getModifiers()))
          .map(Method::getName)
          .sorted()
          .toList();

  /** How a listener fails: as it may, and as only Kotlin's or a broken one does. */
  private static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("listener"),
        new StackOverflowError("listener"),
        new IOException("listener"));
  }

  private final List<String> told = new ArrayList<>();

  private TransactionListener throwing(String callback, Throwable failure) {
    return (TransactionListener)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {TransactionListener.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return "listener";
              }
              told.add(method.getName());
              if (method.getName().equals(callback)) {
                throw failure;
              }
              return null;
            });
  }

  private DSLContext listening(TransactionListener... listeners) {
    Configuration own = configuration(recorder);
    own.set(DefaultTransactionListenerProvider.providers(listeners));
    host = JooqAdapter.view(jdbc, own);
    return DSL.using(own);
  }

  /** The ways to run work in a transaction of jOOQ's. */
  private Map<String, java.util.function.Consumer<TransactionalRunnable>> ways(DSLContext by) {
    Map<String, java.util.function.Consumer<TransactionalRunnable>> ways = new LinkedHashMap<>();
    ways.put("outermost", by::transaction);
    ways.put("of the shared context", work -> JooqAdapter.dsl(host).transaction(work));
    ways.put("nested", work -> host.withTransaction(() -> by.transaction(work)));
    ways.put("nested, of its own", work -> host.withTransaction(() -> host.tx().transaction(work)));
    ways.put("in one of jOOQ's", work -> by.transaction(inner -> inner.dsl().transaction(work)));
    ways.put(
        "on another thread",
        work -> {
          try {
            by.transactionAsync(work).toCompletableFuture().join();
          } catch (java.util.concurrent.CompletionException e) {
            throw sneaky(e.getCause());
          }
        });
    return ways;
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
    throw (X) failure;
  }

  // ---- each callback

  @Test // A26
  void whateverAListenerThrowsNoBoundaryIsLeftOpenAndItIsTold() {
    assertThat(CALLBACKS).hasSize(6);
    for (String callback : CALLBACKS) {
      for (Throwable failure : failures()) {
        DSLContext listened = listening(throwing(callback, failure));
        ways(listened)
            .forEach(
                (way, run) -> {
                  for (boolean fails : List.of(false, true)) {
                    check(callback, failure, way, run, fails);
                  }
                });
      }
    }
  }

  private void check(
      String callback,
      Throwable failure,
      String way,
      java.util.function.Consumer<TransactionalRunnable> run,
      boolean fails) {
    String what = callback + " " + failure + ", " + way + (fails ? ", rolled back" : "");
    told.clear();
    IllegalArgumentException fromUser = new IllegalArgumentException("user");
    Throwable thrown =
        catchThrowable(
            () ->
                run.accept(
                    inner -> {
                      insert(inner.dsl(), 1);
                      if (fails) {
                        throw fromUser;
                      }
                    }));

    assertThat(host.isTransactionActive()).as(what).isFalse();
    assertThat(recorder.connectionsOut()).as(what).isZero();
    if (told.contains(callback)) {
      assertThat(everythingIn(thrown)).as(what).contains(failure);
    }
    if (fails && !callback.startsWith("begin")) {
      assertThat(everythingIn(thrown)).as(what).contains(fromUser);
    }
    boolean isKept = !fails && thrown == null;
    boolean isTheEndsOwn = callback.equals("commitEnd") && !fails;
    if (isTheEndsOwn) { // committed, and told all the same: jOOQ's own rule
      assertThat(thrown).as(what).isNotNull();
    } else {
      assertThat(rows()).as(what).hasSize(isKept ? 1 : 0);
    }
    beside().execute("delete from item");
  }

  private static List<Throwable> everythingIn(Throwable thrown) {
    List<Throwable> all = new ArrayList<>();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      all.add(each);
      for (Throwable suppressed : each.getSuppressed()) {
        all.addAll(everythingIn(suppressed));
      }
    }
    return all;
  }

  @Test // A26
  void theNextRequestsOfTheThreadAreKept() {
    DSLContext listened =
        listening(throwing("rollbackStart", new IllegalStateException("listener")));
    IllegalArgumentException fromUser = new IllegalArgumentException("user");
    assertThatThrownBy(
            () ->
                listened.transaction(
                    inner -> {
                      insert(inner.dsl(), 1);
                      throw fromUser;
                    }))
        .isSameAs(fromUser)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

    host.withTransaction(() -> insert(host.tx(), 2));
    listened.transaction(inner -> insert(inner.dsl(), 3));
    host.withTransaction(() -> insert(listened, 4));

    assertThat(rows()).containsExactly(2, 3, 4);
    assertThat(recorder.connectionsOut()).isZero();
  }

  @Test // A26
  void aFailureOfTheEndIsNotLostForAListeners() {
    IllegalStateException failure = new IllegalStateException("listener");
    DSLContext listened = listening(throwing("commitEnd", failure));
    assertThatThrownBy(
            () ->
                listened.transaction(
                    inner -> {
                      insert(inner.dsl(), 1);
                      var unused =
                          catchThrowable(
                              () ->
                                  host.withTransaction(
                                      () -> {
                                        throw new IllegalArgumentException("swallowed");
                                      }));
                    }))
        .isInstanceOf(UnexpectedRollbackException.class)
        .satisfies(e -> assertThat(everythingIn(e)).contains(failure));

    assertThat(rows()).isEmpty();
  }

  @Test // A26
  void theOtherListenersAreStillCalledInTheirOrder() {
    for (InvocationOrder order : InvocationOrder.values()) {
      List<String> heard = new ArrayList<>();
      Configuration own = configuration(recorder);
      own.set(new Settings().withTransactionListenerStartInvocationOrder(order));
      own.set(
          DefaultTransactionListenerProvider.providers(
              throwing("rollbackStart", new IllegalStateException("listener")),
              new TransactionListener() {
                @Override
                public void rollbackStart(TransactionContext context) {
                  heard.add("start");
                }

                @Override
                public void rollbackEnd(TransactionContext context) {
                  heard.add("end");
                }
              }));
      host = JooqAdapter.view(jdbc, own);
      assertThatThrownBy(
              () ->
                  DSL.using(own)
                      .transaction(
                          inner -> {
                            throw new IllegalArgumentException("user");
                          }))
          .hasMessage("user");
      assertThat(heard).as(order.name()).containsExactly("start", "end");
      assertThat(host.isTransactionActive()).isFalse();
    }
  }

  // ---- set later

  @Test // A26
  void oneThatWasSetLaterIsGuardedToo() {
    configuration.set(throwing("rollbackStart", new IllegalStateException("listener")));
    for (DSLContext ours : List.of(JooqAdapter.dsl(host), host.tx())) {
      assertThatThrownBy(
              () ->
                  ours.transaction(
                      inner -> {
                        insert(inner.dsl(), 1);
                        throw new IllegalArgumentException("user");
                      }))
          .hasMessage("user");
      assertThat(host.isTransactionActive()).isFalse();
    }
    host.withTransaction(
        () ->
            assertThatThrownBy(
                    () ->
                        host.tx()
                            .transaction(
                                inner -> {
                                  insert(inner.dsl(), 1);
                                  throw new IllegalArgumentException("user");
                                }))
                .hasMessage("user"));

    assertThat(told).contains("rollbackStart");
    assertThat(rows()).isEmpty();
  }

  @Test // A26
  void orRefusedByNameWhereJooqMadeTheContext() {
    List<DSLContext> contexts =
        List.of(
            dsl,
            configuration.derive(throwing("none", new IllegalStateException("listener"))).dsl());
    configuration.set(throwing("none", new IllegalStateException("listener")));
    for (DSLContext jooqs : contexts) {
      assertThatThrownBy(() -> jooqs.transaction(inner -> insert(inner.dsl(), 1)))
          .hasMessageContaining("TXH-569");
      assertThat(host.isTransactionActive()).isFalse();
      host.withTransaction(() -> insert(jooqs, contexts.indexOf(jooqs)));
    }

    assertThat(rows()).containsExactly(0, 1);
  }

  @Test
  void theUsersListenersStayTheirsAndInTheirOrder() {
    List<String> heard = new ArrayList<>();
    TransactionListener[] named =
        Stream.of("a", "b")
            .map(
                name ->
                    new TransactionListener() {
                      @Override
                      public void beginStart(TransactionContext context) {
                        heard.add(name);
                      }
                    })
            .toArray(TransactionListener[]::new);
    DSLContext listened = listening(named);
    listened.transaction(inner -> insert(inner.dsl(), 1));

    assertThat(heard).containsExactly("a", "b");
    assertThat(Arrays.asList(listened.configuration().transactionListenerProviders())).hasSize(2);
  }

  @Test
  void aHostOfItsOwnGuardsThemToo() {
    Configuration own = configuration(recorder);
    own.set(throwing("rollbackStart", new IllegalStateException("listener")));
    TransactionHost<DSLContext> over = TransactionHost.create(JooqAdapter.over(recorder, own));
    assertThatThrownBy(
            () ->
                DSL.using(own)
                    .transaction(
                        inner -> {
                          throw new IllegalArgumentException("user");
                        }))
        .hasMessage("user");
    assertThat(over.isTransactionActive()).isFalse();
  }
}
