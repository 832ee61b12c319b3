package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.txhost.Isolation;
import io.txhost.Propagation;
import io.txhost.Retry;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.spring.Applications.TwoHosts;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.MapPropertySource;

// E1
@ExtendWith(NothingLeftBehind.class)
class SelfCallsTest {
  @RegisterExtension final LogRecorder log = new LogRecorder();

  /** Each has one self-call that its proxy would have changed. */
  static class Base {
    @Transactional
    public void place() {}

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void placeAnew() {}
  }

  static class Direct extends Base {
    public void caller() {
      place();
    }
  }

  static class BySuper extends Base {
    public void caller() {
      super.place();
    }
  }

  static class ByLambda extends Base {
    public void caller() {
      Runnable later = () -> place();
      later.run();
    }
  }

  static class ByReference extends Base {
    public void caller() {
      List.of(1).forEach(each -> helper(this::place));
    }

    private void helper(Runnable run) {
      run.run();
    }
  }

  static class ByHelper extends Base {
    public void caller() {
      helper(1L, new int[] {1}, 2.0);
    }

    private void helper(long one, int[] many, double two) {
      deeper(many.length == 1 ? this : null);
    }

    private void deeper(Object any) {
      int[][] grid = new int[2][3];
      for (long i = 0; i < grid.length; i++) {
        switch (grid[0].length) {
          case 3 -> place();
          default -> throw new IllegalStateException(any + "" + i);
        }
      }
    }
  }

  static class ByAnonymous extends Base {
    public void caller() throws Exception {
      Callable<String> call =
          new Callable<>() {
            @Override
            public String call() {
              place();
              return "";
            }
          };
      call.call();
    }
  }

  static class ByInner extends Base {
    public void caller() {
      new Inner().run();
    }

    private class Inner {
      void run() {
        Consumer<String> consumer = text -> place();
        consumer.accept("");
      }
    }
  }

  interface Both {
    void place();

    default void caller() {
      place();
    }
  }

  static class ByDefaultMethod implements Both {
    @Override
    @Transactional
    public void place() {}
  }

  static class InATry extends Base {
    private int tried;

    public void caller() {
      try {
        tried++;
      } catch (IllegalStateException e) {
        place();
      } finally {
        tried--;
      }
    }
  }

  static class InAConstructor {
    InAConstructor() {
      place();
    }

    @Transactional
    public void place() {}
  }

  static class ByLocal extends Base {
    public void caller() {
      ByLocal self = this;
      self.place();
    }
  }

  static class ByNested extends Base {
    @Transactional
    public void caller() {
      placeAnew();
    }
  }

  static class BySavepoint {
    @Transactional
    public void caller() {
      place();
    }

    @Transactional(propagation = Propagation.NESTED)
    public void place() {}
  }

  static class ByIsolation {
    @Transactional
    public void caller() {
      place();
    }

    @Transactional(isolation = Isolation.SERIALIZABLE)
    public void place() {}
  }

  static class ByTimeout {
    @Transactional
    public void caller() {
      place();
    }

    @Transactional(timeout = "1s")
    public void place() {}
  }

  static class ByRules {
    @Transactional
    public void caller() throws IOException {
      place();
    }

    @Transactional(noRollbackFor = IOException.class)
    public void place() throws IOException {}
  }

  static class ByRetry {
    @Transactional
    public void caller() {
      place();
    }

    @Transactional(retry = @Retry(maxAttempts = 3))
    public void place() {}
  }

  static class FromWithout {
    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    public void caller() {
      place();
    }

    @Transactional
    public void place() {}
  }

  static class ToWithout {
    @Transactional
    public void caller() {
      place();
    }

    @Transactional(propagation = Propagation.NOT_SUPPORTED)
    public void place() {}
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Direct.class, BySuper.class, ByLambda.class, ByReference.class, ByHelper.class,
        ByAnonymous.class, ByInner.class, ByDefaultMethod.class, InATry.class, ByLocal.class,
        InAConstructor.class, ByNested.class, BySavepoint.class, ByIsolation.class, ByTimeout.class,
        ByRules.class, ByRetry.class, FromWithout.class, ToWithout.class
      })
  void aSelfCallThatTheProxyWouldHaveChangedIsRefused(Class<?> component) {
    assertThat(Applications.findingOf(OneHost.class, component))
        .startsWith("TXH-685 bean 'selfCallsTest.")
        .contains(".place")
        .contains("on the bean itself, past its proxy, so its @Transactional is ignored there: ");
  }

  @Test
  void theRefusalNamesBothMethodsWhyAndWhatToDo() {
    assertThat(Applications.findingOf(OneHost.class, ByNested.class))
        .isEqualTo(
            "TXH-685 bean 'selfCallsTest.ByNested': method SelfCallsTest.ByNested.caller() calls"
                + " SelfCallsTest.Base.placeAnew() on the bean itself, past its proxy, so its"
                + " @Transactional is ignored there: it runs in the caller's transaction and not in"
                + " REQUIRES_NEW; let another bean call it, wrap the call in"
                + " host.withTransaction(..), or weave the class with AspectJ (set the property"
                + " txhost.spring.self-calls=warn or ignore to start all the same).");
  }

  static class OtherHost {
    @Transactional(host = "orders")
    public void caller() {
      place();
    }

    @Transactional(host = "audit")
    public void place() {}
  }

  @Test
  void aSelfCallThatNamesAnotherHostIsRefused() {
    assertThat(Applications.findingOf(TwoHosts.class, OtherHost.class))
        .contains("the host 'audit' is not asked, but that of the caller");
  }

  // ---- what is none

  /** The usual: one unit of work made of others. */
  @Transactional
  static class OfOneClass {
    public void caller() {
      place();
      helper();
    }

    public void place() {
      helper();
    }

    private void helper() {
      place();
    }
  }

  @Transactional
  static class OfAClassAlone {
    private String name = "";

    OfAClassAlone() {
      setName("new");
    }

    public void setName(String name) {
      this.name = name;
    }

    public String name() {
      return name;
    }

    @Override
    public String toString() {
      return name();
    }
  }

  static class Joins {
    @Transactional
    public void caller() {
      Stream.of(1).forEach(each -> find());
      place();
    }

    @Transactional
    public void place() {}

    @Transactional(readOnly = true)
    public void find() {}

    @Transactional(propagation = Propagation.MANDATORY)
    public void insert() {}

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void anew() {
      insert();
    }

    @Transactional(propagation = Propagation.SUPPORTS)
    public void reads() {}

    public void plain() {
      reads();
    }
  }

  static class Injected extends Base {
    private final Injected self;

    @Autowired
    Injected(@Lazy Injected self) {
      this.self = self;
    }

    Injected() {
      this.self = this;
    }

    public void caller(Injected other) {
      self.place();
      other.placeAnew();
      new Base().place();
      (other == null ? self : other).place();
    }
  }

  static class ByHand extends Base {
    private final TransactionHost<String> host;

    @Autowired
    ByHand(TransactionHost<String> host) {
      this.host = host;
    }

    ByHand() {
      this.host = null;
    }

    public void caller() {
      host.withTransaction(() -> place());
    }
  }

  static class HelperOfAnnotated extends Base {
    @Transactional
    public void caller() {
      shared();
    }

    void shared() {
      place();
    }
  }

  static class Overrides extends Base {
    @Override
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void place() {
      super.place();
    }

    @Override
    public void placeAnew() {
      super.placeAnew();
    }
  }

  abstract static class Handler<C> {
    public abstract void handle(C command);

    static <C> void through(Handler<C> handler, C command) {
      handler.handle(command);
    }
  }

  static class OfGeneric extends Handler<String> {
    @Override
    @Transactional
    public void handle(String command) {}
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        OfOneClass.class,
        OfAClassAlone.class,
        Joins.class,
        Injected.class,
        ByHand.class,
        HelperOfAnnotated.class,
        Overrides.class,
        OfGeneric.class,
        Base.class
      })
  void whatTheProxyWouldNotHaveChangedIsNone(Class<?> component) {
    Applications.start(OneHost.class, component).close();
    assertThat(log.messages()).isEmpty();
  }

  // ---- the property

  private static AnnotationConfigApplicationContext started(String asked, Class<?> component) {
    var application = new AnnotationConfigApplicationContext();
    application
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("test", Map.of("txhost.spring.self-calls", asked)));
    application.register(OneHost.class, component);
    application.refresh();
    return application;
  }

  @Test
  void itIsWarnedOfOnceOrNotAtAllWhereThePropertySaysSo() {
    started("ignore", Direct.class).close();
    assertThat(log.messages()).isEmpty();

    started("warn", Direct.class).close();
    assertThat(log.messages()).singleElement().asString().startsWith("TXH-685 bean");
  }

  static Stream<String> wrong() {
    return Stream.of("", "maybe");
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void anotherValueOfThePropertyIsRefused(String value) {
    var refusal = catchThrowable(() -> started(value, Base.class).close());
    assertThat(Applications.refusalIn(refusal).findings())
        .containsExactly(
            "TXH-612 The property txhost.spring.self-calls is refuse, warn or ignore, not '"
                + value
                + "'.");
  }
}
