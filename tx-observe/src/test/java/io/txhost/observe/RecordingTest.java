package io.txhost.observe;

import static io.txhost.observe.Scenario.named;
import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Propagation;
import io.txhost.TransactionHost;
import io.txhost.TransactionalRunnable;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import io.txhost.test.NothingLeftBehind;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The flight recorder's events of what the scenario of the page has not. */
@Timeout(60)
@ExtendWith(NothingLeftBehind.class)
class RecordingTest {
  private static final CountDownLatch WAITING = new CountDownLatch(1);

  @TempDir Path folder;

  @Test
  void aTransactionThatIsSetAsideAndAWaitForATurnAreRecorded() throws Exception {
    List<RecordedEvent> events;
    try (Fixture fixture = new Fixture();
        Recording recording = new Recording();
        TransactionObserver observer = TransactionObserver.builder().flightRecorder().build()) {
      recording.enable("io.txhost.Transaction");
      recording.enable("io.txhost.SetAside");
      recording.enable("io.txhost.TurnWait");
      recording.start();
      TransactionHost<Connection> host = fixture.host(observer, new Waiting());
      host.withTransaction(named("outer"), () -> runBoth(host));
      recording.stop();
      recording.dump(folder.resolve("parts.jfr"));
      events = RecordingFile.readAllEvents(folder.resolve("parts.jfr"));
    }

    assertThat(parts("io.txhost.SetAside", events)).hasSize(1);
    assertThat(parts("io.txhost.TurnWait", events)).isNotEmpty();
  }

  /** A transaction beside, and two tasks of which one waits while the other is in the database. */
  private static void runBoth(TransactionHost<Connection> host) throws Exception {
    host.withTransaction(Propagation.REQUIRES_NEW, () -> Fixture.insert(host, 1));
    Fixture.insert(host, 2); // the tasks share a connection that is there
    CountDownLatch inside = new CountDownLatch(1);
    host.inParallel(
        List.<TransactionalRunnable<Exception>>of(
            () -> {
              try (var slow =
                  host.tx().prepareStatement("insert into item (id, label) values (3, ?)")) {
                slow.setCharacterStream(1, new UntilSomebodyWaits(inside));
                slow.executeUpdate();
              }
            },
            () -> {
              assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
              Fixture.insert(host, 4);
            }));
  }

  /** The events of one kind, all of the outer transaction. */
  private static List<RecordedEvent> parts(String type, List<RecordedEvent> events) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(type))
        .peek(event -> assertThat(event.getString("name")).isEqualTo("outer"))
        .peek(event -> assertThat(event.getDuration()).isPositive())
        .toList();
  }

  /** Hears that a thread waits. */
  private static final class Waiting implements TransactionListener {
    @Override
    public void waiting(TransactionInfo transaction) {
      WAITING.countDown();
    }
  }

  /** A text that the driver gets only when another thread waits. */
  private static final class UntilSomebodyWaits extends Reader {
    private final CountDownLatch inside;
    private boolean isRead;

    UntilSomebodyWaits(CountDownLatch inside) {
      this.inside = inside;
    }

    @Override
    public int read(char[] into, int from, int most) throws IOException {
      if (isRead) {
        return -1;
      }
      inside.countDown();
      try {
        assertThat(WAITING.await(20, TimeUnit.SECONDS)).as("somebody waits").isTrue();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      isRead = true;
      into[from] = 'x';
      return 1;
    }

    @Override
    public void close() {}
  }
}
