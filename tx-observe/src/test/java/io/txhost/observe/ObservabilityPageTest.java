package io.txhost.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.txhost.TransactionHost;
import io.txhost.jdbc.JdbcAdapter;
import io.txhost.test.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What docs/observability.md shows. */
class ObservabilityPageTest {
  @Test
  void anObserverIsBuiltAndGivenToAHost() throws SQLException {
    MeterRegistry meters = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    try (Database database = Database.h2()) {
      DataSource dataSource = database.dataSource();
      // tag::observer[]
      TransactionObserver observer =
          TransactionObserver.builder()
              .log()
              .flightRecorder()
              .meters(meters)
              .observations(observations)
              .warnIfOpenFor(Duration.ofMinutes(5))
              .warnIfIdleFor(Duration.ofMinutes(1))
              .build();
      TransactionHost<Connection> host =
          TransactionHost.builder(JdbcAdapter.over(dataSource)).listener(observer).build();
      // end::observer[]
      host.withTransaction(() -> host.tx().createStatement().close());
      observer.close();

      assertThat(meters.get("txhost.connection.held").timer().count()).isEqualTo(1);
    }
  }
}
