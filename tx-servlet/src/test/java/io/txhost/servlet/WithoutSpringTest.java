package io.txhost.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import io.txhost.context.ContextKey;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** The filter in a plain Tomcat: no Spring is on this class path. Its dispatches: tx-spring. */
final class WithoutSpringTest {
  private static final ContextKey<String> PATH = ContextKey.of("path", String.class);

  private final Tomcat tomcat = new Tomcat();
  @TempDir private Path folder;
  private URI root;

  private static final class Echo extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      Context here = Context.current();
      response.getWriter().print(here.require(PATH) + " " + here.id() + " " + MDC.get("requestId"));
    }
  }

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(folder.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    var application = tomcat.addContext("", folder.toString());
    application.addServletContainerInitializer(
        (classes, servlets) -> {
          ContextFilter.withInitializers(
                  List.of((context, request) -> context.set(PATH, request.getRequestURI())))
              .addTo(servlets);
          servlets.addServlet("echo", new Echo()).addMapping("/*");
        },
        Set.of());
    tomcat.start();
    root = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort());
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  private HttpResponse<String> get(String path, String id) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve(path))
            .header("X-Request-Id", id)
            .timeout(Duration.ofSeconds(30))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aRequestHasAContextItsIdIsInTheLogAndInTheAnswer() throws Exception {
    HttpResponse<String> answer = get("/a", "request-1");

    assertThat(answer.body()).isEqualTo("/a request-1 request-1");
    assertThat(answer.headers().firstValue("X-Request-Id")).contains("request-1");
    assertThat(get("/b", "request-2").body()).isEqualTo("/b request-2 request-2");
  }

  @Test
  void springIsNotThere() {
    assertThatThrownBy(() -> Class.forName("org.springframework.core.SpringVersion"))
        .isInstanceOf(ClassNotFoundException.class);
  }
}
