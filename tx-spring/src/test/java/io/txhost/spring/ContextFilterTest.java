package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextKey;
import io.txhost.context.ContextMode;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** A context for each request, in a real Tomcat. */
class ContextFilterTest {
  private static final ContextKey<String> PATH = ContextKey.of("path", String.class);
  private static final ContextKey<String> STEPS = ContextKey.of("steps", String.class);

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<Context> first = new AtomicReference<>();

  @RegisterExtension final WatchedPools pools = new WatchedPools();
  private final ExecutorService worker = pools.ofThreads(1);

  /** Notes that it ran, and the end of the context. */
  private final ContextInitializer<HttpServletRequest> noting =
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
  private void note(String where) {
    Context here = Context.current();
    first.compareAndSet(null, here);
    seen.add(
        where
            + (here == first.get() ? "" : " in another context")
            + (here.id().equals(MDC.get("requestId")) ? "" : " with another id in the log")
            + here.get(STEPS).map(steps -> " after " + steps).orElse(""));
    here.set(STEPS, here.get(STEPS).map(steps -> steps + ", ").orElse("") + where);
  }

  private WebServer start(Consumer<ServletContext> servlets) throws Exception {
    return WebServer.start(
        application -> {
          addFilterAndErrorPage(application);
          servlets.accept(application);
        });
  }

  private void addFilterAndErrorPage(ServletContext application) {
    ContextFilter.withInitializers(List.of(noting)).addTo(application);
    WebServer.serve(
        application,
        "/error",
        (request, response) -> {
          note(request.getDispatcherType() + " page");
          response.getWriter().print("error page");
        });
  }

  private void assertOver(WebServer server, String... steps) throws Exception {
    assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
    List<String> all = new ArrayList<>(List.of("initialized"));
    all.addAll(List.of(steps));
    all.add("ended in true " + first.get().id());
    assertThat(seen).containsExactlyElementsOf(all);
    assertThat(server.left).isEmpty();
  }

  // ---- ids

  private static void echoId(ServletContext application) {
    WebServer.serve(
        application,
        "/id",
        (request, response) ->
            response.getWriter().print(Context.current().id() + " " + MDC.get("requestId")));
  }

  private static String idFor(ContextFilter filter, String... headers) throws Exception {
    try (WebServer server =
        WebServer.start(
            application -> {
              filter.addTo(application);
              echoId(application);
            })) {
      HttpResponse<String> answer = server.get("/id", headers);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(server.left).isEmpty();
      String[] both = answer.body().split(" ");
      assertThat(both).hasSize(2);
      assertThat(both[1]).isEqualTo(both[0]);
      return both[0];
    }
  }

  @Test
  void theIdIsTheHeadersAndInTheLog() throws Exception { // C3
    assertThat(idFor(ContextFilter.create(), "X-Request-Id", "a-1")).isEqualTo("a-1");
    assertThat(
            idFor(
                ContextFilter.create().idHeader("X-Correlation-Id"),
                "X-Request-Id",
                "a",
                "X-Correlation-Id",
                "b"))
        .isEqualTo("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not acceptable", "<script>", "a%0Ab", "ä", ""})
  void anotherHeaderIsNoErrorAndAGeneratedIdTakesItsPlace(String header) throws Exception { // C3
    assertThat(idFor(ContextFilter.create(), "X-Request-Id", header)).hasSize(36);
  }

  @Test
  void withoutAHeaderTheIdIsGenerated() throws Exception { // C3
    assertThat(idFor(ContextFilter.create())).hasSize(36);
    assertThat(idFor(ContextFilter.create().idHeader(null), "X-Request-Id", "a-1")).hasSize(36);
  }

  private static List<String> answeredTo(
      ContextFilter filter, String header, String path, String... headers) throws Exception {
    try (WebServer server =
        WebServer.start(
            application -> {
              filter.addTo(application);
              echoId(application);
              WebServer.serve(
                  application,
                  "/own",
                  (request, response) -> {
                    response.setHeader("X-Request-Id", "own");
                    response.getWriter().print("own");
                  });
              WebServer.serve(
                  application,
                  "/error",
                  (request, response) -> response.getWriter().print(Context.current().id() + " "));
            })) {
      HttpResponse<String> answer = server.get(path, headers);
      List<String> answered = new ArrayList<>(List.of(answer.body().split(" ")[0]));
      answered.addAll(answer.headers().allValues(header));
      return answered;
    }
  }

  @Test
  void theAnswerHasTheIdAlsoThatOfAnErrorPage() throws Exception { // E9
    ContextFilter filter = ContextFilter.create();
    assertThat(answeredTo(filter, "X-Request-Id", "/id", "X-Request-Id", "a-1"))
        .containsExactly("a-1", "a-1");
    assertThat(answeredTo(filter, "X-Request-Id", "/nowhere", "X-Request-Id", "a-1"))
        .containsExactly("a-1", "a-1");
    List<String> generated = answeredTo(filter, "X-Request-Id", "/id");
    assertThat(generated).hasSize(2);
    assertThat(generated.get(1)).isEqualTo(generated.get(0)).hasSize(36);
  }

  @ParameterizedTest
  @ValueSource(strings = {"not acceptable", "<script>", "a%0d%0aSet-Cookie: x=1", "ä", ""})
  void whatIsNotAcceptableIsNotInTheAnswerEither(String header) throws Exception { // E9
    List<String> answered =
        answeredTo(ContextFilter.create(), "X-Request-Id", "/id", "X-Request-Id", header);
    assertThat(answered).hasSize(2);
    assertThat(answered.get(1)).isEqualTo(answered.get(0)).hasSize(36);
  }

  @Test
  void theAnswersHeaderIsTheOneAskedForOrTheIdsOrNone() throws Exception { // E9
    ContextFilter filter = ContextFilter.create();
    assertThat(
            answeredTo(
                filter.idHeader("X-Correlation-Id"),
                "X-Correlation-Id",
                "/id",
                "X-Correlation-Id",
                "b"))
        .containsExactly("b", "b");
    assertThat(answeredTo(filter.idHeader(null), "X-Request-Id", "/id")).hasSize(2);
    assertThat(answeredTo(filter.answerHeader("X-Trace"), "X-Trace", "/id")).hasSize(2);
    assertThat(
            answeredTo(
                filter.answerHeader("X-Trace").idHeader("X-Other"),
                "X-Other",
                "/id",
                "X-Other",
                "c"))
        .containsExactly("c");
    assertThat(answeredTo(filter.answerHeader(null), "X-Request-Id", "/id")).hasSize(1);
    assertThat(answeredTo(filter, "X-Request-Id", "/own")).containsExactly("own", "own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "X Id", "X-Id:", "X-Id\r\nSet-Cookie", "ä"})
  void whatIsNoHeadersNameIsRefused(String name) {
    assertThatThrownBy(() -> ContextFilter.create().answerHeader(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TXH-208");
    assertThatThrownBy(() -> ContextFilter.create().idHeader(name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInitializersIdComesBeforeTheHeaders() throws Exception { // C3
    ContextInitializer<Object> naming =
        new ContextInitializer<>() {
          @Override
          public void initialize(Context context, Object source) {}

          @Override
          public String id(Object source) {
            return "from-the-initializer";
          }
        };
    assertThat(idFor(ContextFilter.withInitializers(List.of(naming)), "X-Request-Id", "a-1"))
        .isEqualTo("from-the-initializer");
  }

  @Test
  void afterwardsTheLogHasWhatItHadBefore() throws Exception {
    try (WebServer server =
        WebServer.start(
            application -> {
              WebServer.filter(
                  application,
                  "outside",
                  (request, response, chain) -> {
                    MDC.put("requestId", "before");
                    try {
                      chain.doFilter(request, response);
                      seen.add(String.valueOf(MDC.get("requestId")));
                    } finally {
                      MDC.remove("requestId");
                    }
                  });
              ContextFilter.create().addTo(application);
              echoId(application);
            })) {
      assertThat(server.get("/id", "X-Request-Id", "a").body()).isEqualTo("a a");
      assertThat(seen).containsExactly("before");
    }
  }

  private static final ContextKey<String> TENANT = ContextKey.of("tenant", String.class);

  private static void tenants(ServletContext application) {
    // region initializer
    ContextInitializer<HttpServletRequest> tenant =
        (context, request) -> context.set(TENANT, request.getHeader("X-Tenant"));
    ContextFilter.withInitializers(List.of(tenant)).idHeader("X-Correlation-Id").addTo(application);
    // endregion
    WebServer.serve(
        application,
        "/tenant",
        (request, response) ->
            response.getWriter().print(Context.current() + " " + Context.current().get(TENANT)));
  }

  @Test
  void anInitializerFillsTheContextFromTheRequest() throws Exception { // C10
    try (WebServer server = WebServer.start(ContextFilterTest::tenants)) {
      assertThat(server.get("/tenant", "X-Tenant", "ann", "X-Correlation-Id", "c-1").body())
          .isEqualTo("context c-1 Optional[ann]");
      assertThat(server.get("/tenant").statusCode()).isEqualTo(500); // null is refused
    }
  }

  // ---- dispatches

  @Test
  void aRequestIsInOneContextThatEndsWithIt() throws Exception { // C10
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/plain",
                    (request, response) -> {
                      note("servlet");
                      response.getWriter().print(Context.current().require(PATH));
                    }))) {
      assertThat(server.get("/plain").body()).isEqualTo("/plain");
      assertOver(server, "servlet");
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {IOException.class, IllegalStateException.class, AssertionError.class})
  void theErrorPageOfAFailedRequestIsInTheSameContext(Class<? extends Throwable> failure)
      throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/failing",
                    (request, response) -> {
                      note("servlet");
                      throw ContextFilterTest.<RuntimeException>sneaky(
                          failure.getConstructor().newInstance());
                    }))) {
      HttpResponse<String> answer = server.get("/failing");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).isEqualTo("error page");
      assertOver(server, "servlet", "ERROR page after servlet");
    }
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X sneaky(Throwable failure) throws X {
    throw (X) failure;
  }

  @Test
  void theErrorPageOfAStatusIsInTheSameContext() throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/missing",
                    (request, response) -> {
                      note("servlet");
                      response.sendError(404);
                    }))) {
      assertThat(server.get("/missing").body()).isEqualTo("error page");
      assertOver(server, "servlet", "ERROR page after servlet");
    }
  }

  @Test
  void forwardsAndIncludesAreInTheSameContext() throws Exception {
    try (WebServer server =
        start(
            application -> {
              WebServer.serve(
                  application,
                  "/outer",
                  (request, response) -> {
                    note("servlet");
                    request.getRequestDispatcher("/inner").include(request, response);
                    note("between");
                    request.getRequestDispatcher("/inner").forward(request, response);
                    note("afterwards");
                  });
              WebServer.serve(
                  application,
                  "/inner",
                  (request, response) -> note(request.getDispatcherType().toString()));
            })) {
      assertThat(server.get("/outer").statusCode()).isEqualTo(200);
      assertOver(
          server,
          "servlet",
          "INCLUDE after servlet",
          "between after servlet, INCLUDE",
          "FORWARD after servlet, INCLUDE, between",
          "afterwards after servlet, INCLUDE, between, FORWARD");
    }
  }

  @Test
  void whereTheContainerTellsOfForwardsTheContextEndsOnceAfterAll() throws Exception {
    try (WebServer server =
        WebServer.tellingOfForwards(
            application -> {
              addFilterAndErrorPage(application);
              WebServer.serve(
                  application,
                  "/outer",
                  (request, response) -> {
                    note("servlet");
                    request.getRequestDispatcher("/inner").forward(request, response);
                  });
              WebServer.serve(
                  application,
                  "/inner",
                  (request, response) -> {
                    note(request.getDispatcherType().toString());
                    response.sendError(404);
                  });
            })) {
      assertThat(server.get("/outer").body()).isEqualTo("error page");
      assertOver(server, "servlet", "FORWARD after servlet", "ERROR page after servlet, FORWARD");
    }
  }

  @Test
  void aForwardWithinAContextOpenedAroundItIsInThatOne() throws Exception {
    try (WebServer server =
        start(
            application -> {
              WebServer.serve(
                  application,
                  "/outer",
                  (request, response) ->
                      Context.<Object, Exception>call(
                          ContextMode.NEW,
                          "around",
                          () -> {
                            request.getRequestDispatcher("/inner").forward(request, response);
                            return null;
                          }));
              WebServer.serve(
                  application,
                  "/inner",
                  (request, response) -> response.getWriter().print(Context.current().id()));
            })) {
      assertThat(server.get("/outer").body()).isEqualTo("around");
    }
  }

  @Test
  void aForwardByAThreadWithoutAContextIsInTheRequests() throws Exception {
    assertForwardedBy(forwarding -> forwarding);
  }

  @Test
  void aForwardByWrappedWorkIsInTheRequestsContextAndItsIdInTheLog() throws Exception {
    assertForwardedBy(Context::wrap);
  }

  private static void forward(AsyncContext async, String path) {
    try {
      async
          .getRequest()
          .getRequestDispatcher(path)
          .forward(async.getRequest(), async.getResponse());
    } catch (ServletException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The servlet has returned to the container, as far as filters can tell, before the forward. */
  private void assertForwardedBy(UnaryOperator<Runnable> wrapping) throws Exception {
    CountDownLatch returned = new CountDownLatch(1);
    worker
        .submit(() -> {})
        .get(60, TimeUnit.SECONDS); // a thread of the servlet's inherits its log's
    try (WebServer server =
        start(
            application -> {
              WebServer.filter(
                  application,
                  "returning",
                  (request, response, chain) -> {
                    chain.doFilter(request, response);
                    returned.countDown();
                  });
              WebServer.serve(
                  application,
                  "/outer",
                  (request, response) -> {
                    note("servlet");
                    AsyncContext async = request.startAsync();
                    worker.execute(
                        wrapping.apply(
                            () -> {
                              await(returned);
                              forward(async, "/inner");
                              async.complete();
                            }));
                  });
              WebServer.serve(
                  application,
                  "/inner",
                  (request, response) -> note(request.getDispatcherType().toString()));
            })) {
      assertThat(server.get("/outer").statusCode()).isEqualTo(200);
      assertOver(server, "servlet", "FORWARD after servlet");
    }
  }

  @Test
  void anAsynchronousDispatchIsInTheSameContextWhichEndsAfterIt() throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/async",
                    (request, response) -> {
                      note(request.getDispatcherType().toString());
                      if (request.getDispatcherType() == DispatcherType.REQUEST) {
                        AsyncContext async = request.startAsync();
                        worker.execute(async::dispatch);
                      }
                    }))) {
      assertThat(server.get("/async").statusCode()).isEqualTo(200);
      assertOver(server, "REQUEST", "ASYNC after REQUEST");
    }
  }

  @Test
  void completedByAnotherThreadTheContextEndsThen() throws Exception {
    CountDownLatch returned = new CountDownLatch(1);
    try (WebServer server =
        start(
            application -> {
              WebServer.filter(
                  application,
                  "returning",
                  (request, response, chain) -> {
                    chain.doFilter(request, response);
                    returned.countDown();
                  });
              WebServer.serve(
                  application,
                  "/completing",
                  (request, response) -> {
                    note("servlet");
                    AsyncContext async = request.startAsync();
                    worker.execute(
                        Context.wrap(
                            () -> {
                              await(returned);
                              seen.add("worker has " + Context.current().require(PATH));
                              async.complete();
                            }));
                  });
            })) {
      assertThat(server.get("/completing").statusCode()).isEqualTo(200);
      assertOver(server, "servlet", "worker has /completing");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theErrorPageOfATimeoutIsInTheSameContext() throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/slow",
                    (request, response) -> {
                      note("servlet");
                      request.startAsync().setTimeout(100);
                    }))) {
      HttpResponse<String> answer = server.get("/slow");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).isEqualTo("error page");
      assertOver(server, "servlet", "ERROR page after servlet");
    }
  }

  @Test
  void aFailureInAnAsynchronousDispatchHasItsErrorPageInTheSameContext() throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/async",
                    (request, response) -> {
                      note(request.getDispatcherType().toString());
                      if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        throw new IllegalStateException("asynchronous");
                      }
                      request.startAsync().dispatch();
                    }))) {
      assertThat(server.get("/async").body()).isEqualTo("error page");
      assertOver(server, "REQUEST", "ASYNC after REQUEST", "ERROR page after REQUEST, ASYNC");
    }
  }

  // ---- failures after startAsync, of which Tomcat tells by onError alone

  @Test
  void whatFailsAfterItStartedAsyncEndsItsContextAfterTheErrorPage() throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/failing",
                    (request, response) -> {
                      note("servlet");
                      request.startAsync().setTimeout(0);
                      throw new IllegalStateException("after startAsync");
                    }))) {
      assertThat(server.get("/failing").body()).isEqualTo("error page");
      assertOver(server, "servlet", "ERROR page after servlet");
    }
  }

  @Test
  void anAsynchronousDispatchThatFailsAfterItStartedAsyncAgainEndsItsContextToo() throws Exception {
    try (WebServer server =
        start(
            application ->
                WebServer.serve(
                    application,
                    "/failing",
                    (request, response) -> {
                      note(request.getDispatcherType().toString());
                      AsyncContext async = request.startAsync();
                      async.setTimeout(0);
                      if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        throw new IllegalStateException("after startAsync");
                      }
                      async.dispatch();
                    }))) {
      assertThat(server.get("/failing").body()).isEqualTo("error page");
      assertOver(server, "REQUEST", "ASYNC after REQUEST", "ERROR page after REQUEST, ASYNC");
    }
  }

  @Test
  void whatFailedAfterItsDispatchEndsItsContextOnce() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (WebServer server =
        start(
            application -> {
              application.addListener(whenDestroyed(over));
              WebServer.serve(
                  application,
                  "/failing",
                  (request, response) -> {
                    note("servlet");
                    request.startAsync().complete();
                    throw new IllegalStateException("after complete");
                  });
            })) {
      assertThat(server.get("/failing").body()).isEqualTo("error page");
      await(over);
      assertOver(server, "servlet", "ERROR page after servlet");
    }
  }

  private static ServletRequestListener whenDestroyed(CountDownLatch over) {
    return new ServletRequestListener() {
      @Override
      public void requestDestroyed(ServletRequestEvent event) {
        over.countDown();
      }
    };
  }

  @Test
  void aListenersDispatchAfterSuchAFailureHasAContextOfItsOwn() throws Exception {
    CountDownLatch bothEnded = new CountDownLatch(2);
    Queue<Context> contexts = new ConcurrentLinkedQueue<>();
    ContextInitializer<Object> counting = (context, request) -> context.onEnd(bothEnded::countDown);
    try (WebServer server =
        WebServer.start(
            application -> {
              ContextFilter.withInitializers(List.of(counting)).addTo(application);
              WebServer.serve(
                  application, "/again", (request, response) -> contexts.add(Context.current()));
              WebServer.serve(
                  application,
                  "/failing",
                  (request, response) -> {
                    contexts.add(Context.current());
                    AsyncContext async = request.startAsync();
                    async.addListener(new DispatchingOnError());
                    throw new IllegalStateException("after startAsync");
                  });
            })) {
      server.get("/failing", "X-Request-Id", "a");
      await(bothEnded);
      assertThat(contexts).extracting(Context::id).containsExactly("a", "a");
      assertThat(contexts).doesNotHaveDuplicates();
      assertThat(server.left).isEmpty();
    }
  }

  private static final class DispatchingOnError implements AsyncListener {
    @Override
    public void onError(AsyncEvent event) {
      event.getAsyncContext().dispatch("/again");
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }

  // ---- Spring MVC

  @RestController
  static class Controller {
    private final ContextFilterTest test;

    Controller(ContextFilterTest test) {
      this.test = test;
    }

    @GetMapping("/deferred")
    DeferredResult<String> deferred() {
      test.note("handler");
      DeferredResult<String> result = new DeferredResult<>();
      Runnable answering =
          () -> {
            result.setResult("of " + Context.current().require(PATH));
          };
      test.worker.execute(Context.wrap(answering));
      return result;
    }

    @GetMapping("/callable")
    Callable<String> callable() {
      test.note("handler");
      return () -> {
        Context.current().set(STEPS, Context.current().require(STEPS) + ", callable");
        return "of " + Context.current().require(PATH);
      };
    }

    @GetMapping("/late")
    DeferredResult<String> late() {
      test.note("handler");
      DeferredResult<String> result = new DeferredResult<>(100L);
      result.onTimeout(() -> result.setResult("context: " + Context.isActive()));
      return result;
    }

    @GetMapping("/late/wrapped")
    DeferredResult<String> lateAndWrapped() {
      test.note("handler");
      DeferredResult<String> result = new DeferredResult<>(100L);
      result.onTimeout(
          Context.wrap((Runnable) () -> result.setResult("of " + Context.current().require(PATH))));
      return result;
    }

    @GetMapping("/failing")
    Callable<String> failing() {
      test.note("handler");
      return () -> {
        throw new IOException("callable");
      };
    }
  }

  @EnableWebMvc
  static class Mvc implements WebMvcConfigurer {
    private final ContextFilterTest test;

    Mvc(ContextFilterTest test) {
      this.test = test;
    }

    @Override
    public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
      AsyncTaskExecutor executor = new TaskExecutorAdapter(Context.wrap(test.worker));
      configurer.setTaskExecutor(executor);
    }
  }

  private void mvc(ServletContext application) {
    AnnotationConfigWebApplicationContext beans = new AnnotationConfigWebApplicationContext();
    beans.addBeanFactoryPostProcessor(
        factory -> factory.registerSingleton("test", ContextFilterTest.this));
    beans.register(Mvc.class, Controller.class);
    var servlet = application.addServlet("mvc", new DispatcherServlet(beans));
    servlet.setAsyncSupported(true);
    servlet.addMapping("/");
    WebServer.filter(
        application,
        "dispatches",
        (request, response, chain) -> {
          note(request.getDispatcherType().toString());
          chain.doFilter(request, response);
        });
  }

  @Test
  void aDeferredResultIsHandledInTheSameContext() throws Exception {
    try (WebServer server = start(this::mvc)) {
      assertThat(server.get("/deferred").body()).isEqualTo("of /deferred");
      assertOver(server, "REQUEST", "handler after REQUEST", "ASYNC after REQUEST, handler");
    }
  }

  @ParameterizedTest
  @CsvSource({"/late, context: false", "/late/wrapped, of /late/wrapped"})
  void whatTheContainerCallsBackHasTheContextWhereItIsWrapped(String path, String answer)
      throws Exception {
    try (WebServer server = start(this::mvc)) {
      assertThat(server.get(path).body()).isEqualTo(answer);
      assertOver(server, "REQUEST", "handler after REQUEST", "ASYNC after REQUEST, handler");
    }
  }

  @Test
  void aCallableOnAWrappedExecutorIsInTheSameContext() throws Exception {
    try (WebServer server = start(this::mvc)) {
      assertThat(server.get("/callable").body()).isEqualTo("of /callable");
      assertOver(
          server, "REQUEST", "handler after REQUEST", "ASYNC after REQUEST, handler, callable");
    }
  }

  @Test
  void aFailedCallablesErrorPageIsInTheSameContext() throws Exception {
    try (WebServer server = start(this::mvc)) {
      assertThat(server.get("/failing").body()).isEqualTo("error page");
      assertOver(
          server,
          "REQUEST",
          "handler after REQUEST",
          "ASYNC after REQUEST, handler",
          "ERROR after REQUEST, handler, ASYNC",
          "ERROR page after REQUEST, handler, ASYNC, ERROR");
    }
  }

  // ---- refusals

  @Test
  void anInitializersFailureIsTheRequestsAndTheErrorPageIsShownWithoutAContext()
      throws Exception { // C10
    ContextInitializer<Object> failing =
        (context, source) -> {
          seen.add("initializer");
          context.onEnd(() -> seen.add("ended"));
          throw new IllegalStateException("no tenant");
        };
    try (WebServer server =
        WebServer.start(
            application -> {
              ContextFilter.withInitializers(List.of(failing)).addTo(application);
              WebServer.serve(application, "/plain", (request, response) -> seen.add("servlet"));
              WebServer.serve(
                  application,
                  "/error",
                  (request, response) ->
                      response
                          .getWriter()
                          .print(
                              request.getAttribute("jakarta.servlet.error.message")
                                  + " "
                                  + Context.isActive()));
            })) {
      HttpResponse<String> answer = server.get("/plain");
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).isEqualTo("no tenant false");
      assertThat(seen).containsExactly("initializer", "ended");
      assertThat(server.left).isEmpty();
    }
  }

  @Test
  void addedOtherwiseItRefusesEveryRequest() throws Exception {
    AtomicReference<Object> message = new AtomicReference<>();
    try (WebServer server =
        WebServer.start(
            application -> {
              WebServer.filter(
                  application,
                  "noting",
                  (request, response, chain) -> {
                    try {
                      chain.doFilter(request, response);
                    } catch (jakarta.servlet.ServletException e) {
                      message.compareAndSet(null, e.getMessage());
                      throw e;
                    }
                  });
              WebServer.filter(application, "context", ContextFilter.create());
              echoId(application);
            })) {
      assertThat(server.get("/id").statusCode()).isEqualTo(500);
    }
    assertThat(message.get())
        .isEqualTo(
            "TXH-614 ContextFilter cannot know when this request is over: add it by addTo(..), which"
                + " adds a listener too");
  }

  @Test
  void aSecondOneIsRefused() throws Exception {
    WebServer.start(
            application -> {
              ContextFilter.create().addTo(application);
              assertThatThrownBy(() -> ContextFilter.create().addTo(application))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("TXH-619 The application has a ContextFilter already: add one");
              seen.add("asked");
            })
        .close();
    assertThat(seen).containsExactly("asked");
  }

  // ---- many at once

  @Test
  void onPooledThreadsNoRequestSeesAnother() throws Exception { // C6
    noRequestSeesAnother(null);
  }

  @Test
  void onVirtualThreadsNoRequestSeesAnother() throws Exception { // C6
    assumeTrue(Runtime.version().feature() >= 21, "this Java has no virtual threads");
    ExecutorService virtual =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    try {
      noRequestSeesAnother(virtual);
    } finally {
      virtual.shutdownNow();
    }
  }

  /** Forty wait for one another inside; each is then dispatched again, on any thread. */
  private static void noRequestSeesAnother(ExecutorService threads) throws Exception {
    int together = 40;
    int requests = 10 * together;
    ContextKey<String> header = ContextKey.of("header", String.class);
    ContextKey<AtomicInteger> dispatches = ContextKey.named("dispatches");
    CyclicBarrier inside = new CyclicBarrier(together);
    AtomicInteger ends = new AtomicInteger();
    ContextInitializer<HttpServletRequest> filling =
        (context, request) -> {
          context.set(header, request.getHeader("X-Request-Id"));
          context.onEnd(ends::incrementAndGet);
        };
    try (WebServer server =
        WebServer.start(
            threads,
            application -> {
              ContextFilter.withInitializers(List.of(filling)).addTo(application);
              WebServer.serve(
                  application,
                  "/many",
                  (request, response) -> {
                    Context here = Context.current();
                    here.computeIfAbsent(dispatches, AtomicInteger::new).incrementAndGet();
                    if (request.getDispatcherType() == DispatcherType.REQUEST) {
                      inside.await(60, TimeUnit.SECONDS);
                      request.startAsync().dispatch();
                    } else {
                      response
                          .getWriter()
                          .print(
                              here.id()
                                  + " "
                                  + MDC.get("requestId")
                                  + " "
                                  + here.require(header)
                                  + " "
                                  + here.require(dispatches));
                    }
                  });
            })) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      Set<String> bodies = new HashSet<>();
      for (int i = 0; i < requests; i++) {
        answers.add(server.getLater("/many", "X-Request-Id", "r" + i));
        if (answers.size() == together) {
          for (CompletableFuture<HttpResponse<String>> answer : answers) {
            bodies.add(answer.get(60, TimeUnit.SECONDS).body());
          }
          answers.clear();
        }
      }
      assertThat(bodies)
          .hasSize(requests)
          .allMatch(body -> body.matches("(r\\d+) \\1 \\1 2"), "its own id, four times");
      assertThat(server.left).isEmpty();
    }
    assertThat(ends).hasValue(requests);
  }
}
