package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.context.Context;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

/** The context of a request that Spring MVC answers, in a real Tomcat. */
class ContextFilterMvcTest extends InATomcat {
  @RestController
  static class Controller {
    private final ContextFilterMvcTest test;

    Controller(ContextFilterMvcTest test) {
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
    private final ContextFilterMvcTest test;

    Mvc(ContextFilterMvcTest test) {
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
        factory -> factory.registerSingleton("test", ContextFilterMvcTest.this));
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
}
