package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextKey;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

/** A context for each request, in a real Tomcat, and what is noted of it. */
abstract class InATomcat {
  static final ContextKey<String> PATH = ContextKey.of("path", String.class);
  static final ContextKey<String> STEPS = ContextKey.of("steps", String.class);

  final Queue<String> seen = new ConcurrentLinkedQueue<>();
  final CountDownLatch ended = new CountDownLatch(1);
  final AtomicReference<Context> first = new AtomicReference<>();

  @RegisterExtension final WatchedPools pools = new WatchedPools();
  final ExecutorService worker = pools.ofThreads(1);

  /** Notes that it ran, and the end of the context. */
  final ContextInitializer<HttpServletRequest> noting =
      (context, request) -> {
        seen.add("initialized");
        context.set(PATH, request.getRequestURI());
        context.onEnd(
            () -> {
              seen.add("ended in " + (Context.current() == context) + " " + MDC.get("requestId"));
              ended.countDown();
            });
      };

  /** Notes where it runs, by what does not change within one request. */
  final void note(String where) {
    Context here = Context.current();
    first.compareAndSet(null, here);
    seen.add(
        where
            + (here == first.get() ? "" : " in another context")
            + (here.id().equals(MDC.get("requestId")) ? "" : " with another id in the log")
            + here.get(STEPS).map(steps -> " after " + steps).orElse(""));
    here.set(STEPS, here.get(STEPS).map(steps -> steps + ", ").orElse("") + where);
  }

  final WebServer start(Consumer<ServletContext> servlets) throws Exception {
    return WebServer.start(
        application -> {
          addFilterAndErrorPage(application);
          servlets.accept(application);
        });
  }

  final void addFilterAndErrorPage(ServletContext application) {
    ContextFilter.withInitializers(List.of(noting)).addTo(application);
    WebServer.serve(
        application,
        "/error",
        (request, response) -> {
          note(request.getDispatcherType() + " page");
          response.getWriter().print("error page");
        });
  }

  final void assertOver(WebServer server, String... steps) throws Exception {
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    List<String> all = new ArrayList<>(List.of("initialized"));
    all.addAll(List.of(steps));
    all.add("ended in true " + first.get().id());
    assertThat(seen).containsExactlyElementsOf(all);
    assertThat(server.left).isEmpty();
  }
}
