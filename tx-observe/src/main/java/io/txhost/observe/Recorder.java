package io.txhost.observe;

import io.txhost.spi.DetachedUse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Events of the flight recorder. On while a recording has the event of transactions. */
final class Recorder implements Sink {

  /** Asked only once the recorder runs: asking starts it. */
  private static final class Type {
    static final EventType OF_TRANSACTIONS = EventType.getEventType(TransactionEvent.class);
  }

  @Override
  public boolean isEnabled() {
    return FlightRecorder.isInitialized() && Type.OF_TRANSACTIONS.isEnabled();
  }

  @Override
  public Follower follow(Observed transaction) {
    return new Recorded(transaction);
  }

  @Override
  public void detached(DetachedUse use) {
    DetachedUseEvent event = new DetachedUseEvent();
    event.host = use.host();
    event.what = use.what();
    event.boundary = use.boundary();
    event.transaction = use.transaction();
    event.handedOverBy = use.from();
    event.commit();
  }

  /** The events of one transaction. */
  private static final class Recorded implements Follower {
    private final Observed transaction;
    private final TransactionEvent whole = new TransactionEvent();
    private @Nullable SetAsideEvent aside;
    private @Nullable Deque<SavepointEvent> savepoints;

    /** By thread: several may wait at once. */
    private final Map<Thread, TurnWaitEvent> waits = new ConcurrentHashMap<>(0);

    Recorded(Observed transaction) {
      this.transaction = transaction;
      whole.begin();
    }

    private <E extends PartEvent> E part(E event) {
      event.transactionId = transaction.info.id();
      event.name = transaction.info.name();
      event.begin();
      return event;
    }

    @Override
    public void setAside() {
      aside = part(new SetAsideEvent());
    }

    @Override
    public void resumed() {
      if (aside != null) {
        aside.commit();
        aside = null;
      }
    }

    @Override
    public void savepoint(String boundary) {
      if (savepoints == null) {
        savepoints = new ArrayDeque<>();
      }
      SavepointEvent event = part(new SavepointEvent());
      event.boundary = boundary;
      savepoints.push(event);
    }

    @Override
    public void savepointEnded(String boundary, boolean kept) {
      SavepointEvent event = savepoints == null ? null : savepoints.poll();
      if (event != null) {
        event.kept = kept;
        event.commit();
      }
    }

    @Override
    public void waiting() {
      waits.put(Thread.currentThread(), part(new TurnWaitEvent()));
    }

    @Override
    public void waited(java.time.Duration time) {
      TurnWaitEvent event = waits.remove(Thread.currentThread());
      if (event != null) {
        event.commit();
      }
    }

    @Override
    public void ended(FinishedTransaction how) {
      whole.end();
      if (whole.shouldCommit()) {
        whole.fill(how);
        whole.commit();
      }
    }
  }
}
