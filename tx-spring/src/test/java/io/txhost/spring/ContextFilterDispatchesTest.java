package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextMode;
import io.txhost.servlet.ContextFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The context of a request that is dispatched again, in a real Tomcat. */
class ContextFilterDispatchesTest extends InATomcat {
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
                      throw ContextFilterDispatchesTest.<RuntimeException>sneaky(
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
}
