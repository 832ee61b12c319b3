package io.txhost.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;

/** What other containers do than Tomcat, or at another moment. */
final class OtherContainersTest {
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();

  /** Dispatches of one request, of each of which its container tells. */
  private static final class Dispatches {
    private final RequestContext.EndOfRequest listener = new RequestContext.EndOfRequest();
    private final HttpServletRequest request;
    private final ContextFilter filter;

    Dispatches(HttpServletRequest request, ContextInitializer<Object> initializer) {
      this.request = request;
      this.filter = ContextFilter.withInitializers(List.of(initializer));
    }

    void run(Runnable servlet) throws Exception {
      ServletRequestEvent event = new ServletRequestEvent(new MockServletContext(), request);
      listener.requestInitialized(event);
      try {
        filter.doFilter(request, new MockHttpServletResponse(), (q, r) -> servlet.run());
      } finally {
        listener.requestDestroyed(event);
      }
    }
  }

  @Test
  void whereTheContainerTellsOfTheEndOfEachDispatchEachHasAContextOfItsOwn() throws Exception {
    Dispatches dispatches =
        new Dispatches(
            new MockHttpServletRequest(),
            (context, request) -> context.onEnd(() -> seen.add("ended")));
    Set<Context> contexts = new HashSet<>();

    dispatches.run(() -> contexts.add(Context.current()));
    assertThat(seen).containsExactly("ended");
    dispatches.run(() -> contexts.add(Context.current()));

    assertThat(seen).containsExactly("ended", "ended");
    assertThat(contexts).hasSize(2);
  }

  @Test
  void whatFailsLeavesUnchangedWhereAnotherThreadCompletesTheRequestMeanwhile() {
    IllegalStateException failure = new IllegalStateException("servlet");
    IllegalStateException over = new IllegalStateException("over");
    MockHttpServletRequest request =
        new MockHttpServletRequest() {
          @Override
          public boolean isAsyncStarted() {
            return true;
          }

          @Override
          public AsyncContext getAsyncContext() {
            throw over;
          }
        };
    Dispatches dispatches = new Dispatches(request, (context, source) -> {});

    assertThatThrownBy(
            () ->
                dispatches.run(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure)
        .hasSuppressedException(over);
  }
}
