package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as {@code main} starts it. Once in a build: starting is alike on any JDK. */
@EnabledForJreRange(max = JRE.JAVA_24)
@ExtendWith(OutputCaptureExtension.class)
final class StartAndStopTest {

  @Test // F2, F3
  void withoutAnySettingTheLogShowsTheTransactions(CapturedOutput output) {
    try (ConfigurableApplicationContext application = start()) {
      Browser browser = new Browser(port(application));
      browser.postTodo("My Todo");
      browser.postTodo("My Todo");
    }

    assertThat(output.getOut())
        .containsSubsequence(
            " 'CreateTodoHandler.execute' BEGIN",
            " 'CreateTodoHandler.execute' select id, title from todos where title = ?",
            " 'CreateTodoHandler.execute' insert into todos (title) values (?)",
            " 'CreateTodoHandler.execute' COMMIT",
            " 'CreateTodoHandler.execute' BEGIN",
            " 'CreateTodoHandler.execute' select id, title from todos where title = ?",
            " 'CreateTodoHandler.execute' ROLLBACK");
  }

  @Test
  void aDatabaseThatIsDownIsNamedAtStart(CapturedOutput output) throws IOException {
    String address = "jdbc:postgresql://127.0.0.1:" + closedPort() + "/todos";

    assertThatThrownBy(
            () -> start("--spring.datasource.url=" + address + "?password=secret").close())
        .hasRootCauseInstanceOf(ConnectException.class);

    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .containsPattern("No connection to a database: .*127\\.0\\.0\\.1")
        .contains("Start that database, or correct its address and user")
        .contains("spring.datasource.url, which is " + address + ",")
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres", "mariadb"})
  void theEmbeddedServerListensOnTheLoopbackAndStopsWithTheApplication(String profile)
      throws IOException {
    String url;
    Path folder;
    try (ConfigurableApplicationContext application =
        start("--spring.profiles.active=" + profile)) {
      url = application.getBean(HikariDataSource.class).getJdbcUrl();
      folder = application.getBean(EmbeddedServer.class).folder();
      assertThat(url).matches("jdbc:(postgresql|mariadb)://127.0.0.1:.*");
      assertThat(folder).isDirectory();
      assertThat(new Browser(port(application)).postTodo("My Todo").statusCode()).isEqualTo(201);
    }

    int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    assertThatThrownBy(() -> new Socket(InetAddress.getByName("127.0.0.1"), port).close())
        .isInstanceOf(ConnectException.class);
    assertThat(folder).doesNotExist();
  }

  @Test
  void anAdapterThatThereIsNotIsNamedAtStartWithThoseThereAre(CapturedOutput output) {
    assertThatThrownBy(() -> start("--todo.adapter=jpa").close())
        .isInstanceOf(RuntimeException.class);

    assertThat(output.getAll()).contains("todo.adapter").contains("JDBC", "JDBI", "JOOQ");
  }

  private static ConfigurableApplicationContext start(String... arguments) {
    SpringApplication application = new SpringApplication(TodoApplication.class);
    String[] all = new String[arguments.length + 1];
    all[0] = "--server.port=0";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return application.run(all);
  }

  private static int port(ConfigurableApplicationContext application) {
    return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
