package io.txhost.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.libraries.ModulithApplication.Begun;
import io.txhost.libraries.ModulithApplication.Deliveries;
import io.txhost.test.ServerDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Spring Modulith's event publication registry on the bridge. An application is killed between the
 * commit and the delivery, in a process of its own, and started again, in this one.
 */
class ModulithTest extends LibraryFixture {
  private String url;

  @Override
  void openLibrary() throws Exception {
    int port = ((ServerDatabase) database).port();
    try (Connection connection = database.dataSource().getConnection()) {
      url =
          "jdbc:postgresql://127.0.0.1:%d/%s?user=%s"
              .formatted(port, connection.getCatalog(), connection.getMetaData().getUserName());
    }
  }

  @BeforeEach
  void makeTables() throws Exception {
    apart("drop table if exists delivered");
    apart("drop table if exists event_publication");
    apart("create table delivered (id integer, listener varchar(40))");
  }

  @ParameterizedTest
  @EnumSource(Begun.class)
  void anEventOfACommittedTransactionIsDeliveredAfterACrashAndOneOfARolledBackNever(Begun begun)
      throws Exception {
    runUntilKilled(begun);

    assertThat(rows()).containsExactly(2); // that of 1 was rolled back
    assertThat(numbers("select id from delivered")).isEmpty();
    assertThat(numbers("select count(*) from event_publication")).containsExactly(2);
    assertThat(outstanding()).containsExactly(2);

    restart();

    assertThat(numbers("select id from delivered where listener = 'module'")).containsExactly(2);
    assertThat(numbers("select id from delivered where listener = 'commit'")).containsExactly(2);
    assertThat(outstanding()).containsExactly(0);
    assertThat(rows()).containsExactly(2);
  }

  private List<Integer> outstanding() throws Exception {
    return numbers("select count(*) from event_publication where completion_date is null");
  }

  private void runUntilKilled(Begun begun) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                ModulithApplication.class.getName(),
                url,
                begun.name())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(ModulithApplication.KILLED);
  }

  private void restart() throws Exception {
    try (ConfigurableApplicationContext context =
        ModulithApplication.start(
            url, "spring.modulith.events.republish-outstanding-events-on-restart=true")) {
      assertThat(context.getBean(Deliveries.class).await()).isTrue();
      context.getBean(ThreadPoolTaskExecutor.class).shutdown(); // waits for what notes it, too
    }
  }
}
