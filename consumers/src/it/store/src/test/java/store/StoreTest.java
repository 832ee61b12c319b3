package store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.context.Context;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigUtils;

/** The application starts, commits and rolls back: also as it was processed ahead of time. */
final class StoreTest {
  private static ConfigurableApplicationContext store;

  private final PlaceOrders placeOrders = store.getBean(PlaceOrders.class);

  @BeforeAll
  static void starts() {
    SpringApplication application = new SpringApplication(Store.class);
    application.setMainApplicationClass(Store.class);
    store = application.run();
  }

  @AfterAll
  static void stops() {
    store.close();
  }

  @BeforeEach
  void noOrders() throws SQLException {
    try (Connection connection = store.getBean(DataSource.class).getConnection();
        var statement = connection.createStatement()) {
      statement.execute("delete from orders");
    }
  }

  @Test
  void itCommits() throws SQLException {
    placeOrders.execute(1, 2);

    assertThat(count()).isEqualTo(2);
  }

  @Test
  void itRollsBack() throws SQLException {
    assertThatThrownBy(() -> placeOrders.execute(1, 2, 1)).isInstanceOf(SQLException.class);

    assertThat(count()).isZero();
  }

  @Test
  void hostsAreFoundByTheirNamesAndBeansByTheirContexts() {
    Audit audit = store.getBean(Audit.class);

    assertThat(audit.host()).isEqualTo("default");
    assertThat(Context.<Integer, RuntimeException>call(() -> audit.steps() + audit.steps()))
        .isEqualTo(3);
    assertThat(Context.<Integer, RuntimeException>call(audit::steps)).isEqualTo(1);
  }

  @Test
  void itIsTheOneProcessedAheadOfTimeWhereThatIsAsked() {
    assertThat(
            store.containsBeanDefinition(
                AnnotationConfigUtils.CONFIGURATION_ANNOTATION_PROCESSOR_BEAN_NAME))
        .isEqualTo(!AotDetector.useGeneratedArtifacts());
  }

  private static int count() throws SQLException {
    try (Connection connection = store.getBean(DataSource.class).getConnection();
        var rows = connection.createStatement().executeQuery("select count(*) from orders")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
