package io.txhost.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.NothingLeft;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a context ends, and what happens then. */
@ExtendWith(NothingLeft.class)
class ContextEndTest {
  private static final ContextKey<String> KEY = ContextKey.of("tenant", String.class);
  private static final Logger LOG = Logger.getLogger("io.txhost");

  private final List<String> seen = new ArrayList<>();
  private final List<LogRecord> logged = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          logged.add(message);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(handler);
    LOG.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    LOG.removeHandler(handler);
    LOG.setUseParentHandlers(true);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasRegisteredRunsAfterTheWorkInItsContextTheNewestFirst(ContextMode mode) {
    AtomicReference<Context> made = new AtomicReference<>();
    Context.run(
        mode,
        () -> {
          Context here = Context.current();
          made.set(here);
          here.onEnd(() -> seen.add("first " + (Context.current() == here)));
          here.onEnd(() -> seen.add("second"));
          seen.add("work");
        });

    assertThat(seen).containsExactly("work", "second", "first true");
    assertThat(Context.isActive()).isFalse();
  }

  @Test
  void theWorksFailureArrivesUnchangedAndTheEndIsReached() {
    IOException failure = new IOException("work");
    assertThatThrownBy(
            () ->
                Context.run(
                    () -> {
                      Context.current().onEnd(() -> seen.add("end"));
                      throw failure;
                    }))
        .isSameAs(failure)
        .hasNoSuppressedExceptions();
    assertThat(seen).containsExactly("end");
  }

  @Test
  void aFailureAtTheEndIsLoggedChangesNothingAndStopsNoOther() {
    AssertionError failure = new AssertionError("end");
    IllegalStateException fromWork = new IllegalStateException("work");
    ContextCallable<String, RuntimeException> work =
        () -> {
          Context here = Context.current();
          here.onEnd(() -> seen.add("registered first"));
          here.onEnd(
              () -> {
                throw failure;
              });
          here.onEnd(() -> seen.add("registered last"));
          if (here.has(KEY)) {
            throw fromWork;
          }
          return "result";
        };

    assertThat(Context.<String, RuntimeException>call(work)).isEqualTo("result");
    assertThatThrownBy(
            () ->
                Context.run(
                    () -> {
                      Context.current().set(KEY, "x");
                      Context.<String, RuntimeException>call(work);
                    }))
        .isSameAs(fromWork);
    assertThat(seen)
        .containsExactly(
            "registered last", "registered first", "registered last", "registered first");
    assertThat(logged)
        .hasSize(2)
        .allSatisfy(
            message -> {
              assertThat(message.getMessage()).startsWith("TXH-305 ").contains("context ");
              assertThat(message.getThrown()).isSameAs(failure);
            });
  }

  @Test
  void whoReusesAContextDoesNotEndItAndACopyEndsByItself() {
    Context.run(
        () -> {
          Context outer = Context.current();
          outer.onEnd(() -> seen.add("outer"));
          Context.run(ContextMode.REUSE, () -> outer.onEnd(() -> seen.add("from inside")));
          Context.run(ContextMode.INHERIT, () -> Context.current().onEnd(() -> seen.add("copy")));
          Context.run(ContextMode.NEW, () -> Context.current().onEnd(() -> seen.add("new")));
          Context.<Object, RuntimeException>exit(() -> seen.add("exit"));
          seen.add("outer's work");
        });

    assertThat(seen).containsExactly("copy", "new", "exit", "outer's work", "from inside", "outer");
  }

  @Test
  void anEndedContextTakesNothingMoreToDoButItsValuesCanBeRead() throws Exception {
    AtomicReference<Context> ended = new AtomicReference<>();
    AtomicReference<Runnable> late = new AtomicReference<>();
    Context.run(
        () -> {
          Context here = Context.current().set(KEY, "a");
          ended.set(here);
          here.onEnd(() -> assertRefused(here)); // nothing that would keep the end going
          late.set(
              Context.wrap(
                  () -> {
                    assertRefused(Context.current());
                    seen.add(Context.current().require(KEY));
                    Context.run(() -> Context.current().onEnd(() -> seen.add("copy's end")));
                  }));
        });
    assertThat(logged).isEmpty();

    Thread thread = new Thread(late.get());
    thread.start();
    thread.join(60_000);

    assertThat(seen).containsExactly("a", "copy's end");
    ended.get().end();
    assertThat(seen).hasSize(2);
  }

  private static void assertRefused(Context ended) {
    assertThatThrownBy(() -> ended.onEnd(() -> {}))
        .isInstanceOf(ContextEndedException.class)
        .hasMessageStartingWith("TXH-306 context " + ended.id() + " has ended.")
        .satisfies(e -> assertThat(((ContextEndedException) e).code()).isEqualTo("TXH-306"));
  }

  @Test
  void aKeyThatIsNotInheritedStaysWhereItWasSet() { // C1
    ContextKey<String> own = KEY.notInherited();
    Context.run(
        () -> {
          Context outer = Context.current().set(KEY, "inherited").set(own, "own");
          Context.run(
              ContextMode.INHERIT,
              () -> {
                assertThat(Context.current().get(KEY)).contains("inherited");
                assertThat(Context.current().get(own)).isEmpty();
                Context.current().set(own, "copy's");
              });
          Context.run(
              ContextMode.REUSE, () -> assertThat(Context.current().get(own)).contains("own"));
          assertThat(outer.get(own)).contains("own");
        });
    assertThat(own).isNotEqualTo(KEY).hasToString("key 'tenant'");
  }

  @Test
  void aMissingCallbackIsNamed() {
    Context.run(
        () ->
            assertThatThrownBy(() -> Context.current().onEnd(null))
                .isExactlyInstanceOf(NullPointerException.class)
                .hasMessage("callback"));
  }
}
