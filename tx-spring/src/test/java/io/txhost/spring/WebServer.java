package io.txhost.spring;

import io.txhost.context.Context;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.slf4j.MDC;

/** A real Tomcat on a port of its own; stopped when closed. Its error page is at {@code /error}. */
final class WebServer implements AutoCloseable {
  private static final Logger TOMCAT = Logger.getLogger("org.apache"); // kept, or the level is lost

  private final Tomcat tomcat = new Tomcat();
  private final HttpClient client = HttpClient.newHttpClient();
  private final File folder;

  /** What is left on the server's thread after each dispatch. */
  final Queue<String> left = new ConcurrentLinkedQueue<>();

  @FunctionalInterface
  interface Answer {
    void to(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  private WebServer(
      Executor executor, boolean tellsOfForwards, Consumer<ServletContext> application)
      throws IOException {
    TOMCAT.setLevel(Level.OFF); // it logs what servlets throw on purpose
    folder = Files.createTempDirectory("tomcat").toFile();
    tomcat.setBaseDir(folder.getPath());
    tomcat.setPort(0);
    if (executor != null) {
      tomcat.getConnector().getProtocolHandler().setExecutor(executor);
    }
    tomcat.getHost().getPipeline().addValve(new Afterwards());
    org.apache.catalina.Context root = tomcat.addContext("", folder.getPath());
    root.setFireRequestListenersOnForwards(tellsOfForwards);
    for (String failure : List.of(Throwable.class.getName())) {
      ErrorPage page = new ErrorPage();
      page.setExceptionType(failure);
      page.setLocation("/error");
      root.addErrorPage(page);
    }
    for (int status : new int[] {404, 500}) {
      ErrorPage page = new ErrorPage();
      page.setErrorCode(status);
      page.setLocation("/error");
      root.addErrorPage(page);
    }
    root.addServletContainerInitializer(
        (classes, context) -> application.accept(context), Set.of());
  }

  static WebServer start(Consumer<ServletContext> application) throws Exception {
    return start(null, application);
  }

  /** On the executor's threads; null is Tomcat's own pool. */
  static WebServer start(Executor executor, Consumer<ServletContext> application) throws Exception {
    return started(new WebServer(executor, false, application));
  }

  /** Tells request listeners of each forward. */
  static WebServer tellingOfForwards(Consumer<ServletContext> application) throws Exception {
    return started(new WebServer(null, true, application));
  }

  private static WebServer started(WebServer server) throws Exception {
    try {
      server.tomcat.start();
      return server;
    } catch (Throwable e) {
      server.close();
      throw e;
    }
  }

  /** A servlet; added to the application while it starts. */
  static void serve(ServletContext application, String path, Answer answer) {
    var added =
        application.addServlet(
            path,
            new HttpServlet() {
              private static final long serialVersionUID = 1L;

              @Override
              protected void service(HttpServletRequest request, HttpServletResponse response)
                  throws ServletException, IOException {
                try {
                  answer.to(request, response);
                } catch (RuntimeException | ServletException | IOException e) {
                  throw e;
                } catch (Exception e) {
                  throw new ServletException(e);
                }
              }
            });
    added.setAsyncSupported(true);
    added.addMapping(path);
  }

  static void filter(ServletContext application, String name, Filter filter) {
    FilterRegistration.Dynamic added = application.addFilter(name, filter);
    added.setAsyncSupported(true);
    added.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return client.send(request(path, headers), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> getLater(String path, String... headers) {
    return client.sendAsync(request(path, headers), BodyHandlers.ofString());
  }

  private HttpRequest request(String path, String... headers) {
    int port = tomcat.getConnector().getLocalPort();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(60));
    return (headers.length == 0 ? request : request.headers(headers)).build();
  }

  @Override
  public void close() {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException(e);
    } finally {
      delete(folder);
    }
  }

  private static void delete(File file) {
    File[] children = file.listFiles();
    if (children != null) {
      for (File child : children) {
        delete(child);
      }
    }
    try {
      Files.deleteIfExists(file.toPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Around all of the application's filters, on the thread of each dispatch. */
  private final class Afterwards extends ValveBase {
    Afterwards() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      try {
        getNext().invoke(request, response);
      } finally {
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        if (Context.isActive() || (mdc != null && !mdc.isEmpty())) {
          left.add(request.getRequestURI() + " left " + mdc + " " + Context.isActive());
        }
      }
    }
  }
}
