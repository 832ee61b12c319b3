package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextKey;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** A context for each request, in a real Tomcat. */
class ContextFilterTest extends InATomcat {
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
                  .hasMessage(
                      "TXH-619 The application has a ContextFilter already: add one filter, with"
                          + " all initializers");
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
