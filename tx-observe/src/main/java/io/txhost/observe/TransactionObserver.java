package io.txhost.observe;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.txhost.spi.DetachedUse;
import io.txhost.spi.ExecutedStatement;
import io.txhost.spi.TransactionInfo;
import io.txhost.spi.TransactionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the transactions of its hosts do. Give it to each host's builder as a listener, and
 * say here what is to be seen of them:
 *
 * <pre>{@code
 * var observer = TransactionObserver.builder().flightRecorder().log().meters(registry).build();
 * var host = TransactionHost.builder(adapter).listener(observer).build();
 * }</pre>
 *
 * <p>It is off for a transaction that begins while nothing that was asked for is on: while no
 * recording runs and the log is not at DEBUG, say. Such a transaction costs what it costs without
 * an observer. Meters, observations, the memory and the watch are on until {@link #close()}.
 *
 * <p>What it shows has the texts of no statements, no parameters, and of failures the type and the
 * SQLSTATE alone. A failure of its own, of a meter registry say, is logged as TXH-710, and changes
 * nothing.
 *
 * <p><b>Threads:</b> one observer serves any number of hosts and threads at once.
 */
public final class TransactionObserver implements TransactionListener, AutoCloseable {
  private final Sinks sinks;
  private final OpenOnes open;
  private final @Nullable Memory memory;
  private final @Nullable Watch watch;
  private volatile boolean closed;

  private TransactionObserver(Builder asked) {
    this.memory = asked.memory;
    this.sinks = new Sinks(asked.sinks);
    this.open = new OpenOnes(asked.notesOpeners);
    this.watch = asked.watches() ? Watch.start(open, asked.longOpen, asked.longIdle) : null;
  }

  /** What is to be seen. Nothing is, unless it is asked for. */
  public static Builder builder() {
    return new Builder();
  }

  // ---- what is asked of it

  /** The transactions that are open now, the oldest first; none while it is off. */
  public List<OpenTransaction> open() {
    return open.now();
  }

  /** The last slow ones, the newest first; none unless {@link Builder#memory} was asked for. */
  public List<FinishedTransaction> slow() {
    return memory == null ? List.of() : memory.slow();
  }

  /** The last failed ones, the newest first; none unless {@link Builder#memory} was asked for. */
  public List<FinishedTransaction> failed() {
    return memory == null ? List.of() : memory.failed();
  }

  /**
   * Stops the watch, and hears of no transaction that begins from now on. It hears of those that
   * are open until their end.
   */
  @Override
  public void close() {
    closed = true;
    if (watch != null) {
      watch.close();
    }
  }

  // ---- what it hears

  @Override
  public boolean isEnabled() {
    return !closed && (watch != null || sinks.areEnabled());
  }

  @Override
  public void began(TransactionInfo transaction) {
    Observed begun = open.add(transaction);
    begun.followers = sinks.followersOf(begun);
  }

  @Override
  public void joined(TransactionInfo transaction, String boundary) {
    Observed joined = open.get(transaction);
    if (joined != null) {
      sinks.tell(joined, follower -> follower.joined(boundary));
    }
  }

  @Override
  public void setAside(TransactionInfo transaction) {
    Observed aside = open.get(transaction);
    if (aside != null) {
      aside.aside(true);
      sinks.tell(aside, Follower::setAside);
    }
  }

  @Override
  public void resumed(TransactionInfo transaction) {
    Observed resumed = open.get(transaction);
    if (resumed != null) {
      resumed.aside(false);
      sinks.tell(resumed, Follower::resumed);
    }
  }

  @Override
  public void savepoint(TransactionInfo transaction, String boundary) {
    Observed in = open.get(transaction);
    if (in != null) {
      in.savepoint();
      sinks.tell(in, follower -> follower.savepoint(boundary));
    }
  }

  @Override
  public void savepointReleased(TransactionInfo transaction, String boundary) {
    savepointEnded(transaction, boundary, true);
  }

  @Override
  public void savepointRolledBack(TransactionInfo transaction, String boundary) {
    savepointEnded(transaction, boundary, false);
  }

  private void savepointEnded(TransactionInfo transaction, String boundary, boolean kept) {
    Observed in = open.get(transaction);
    if (in != null) {
      sinks.tell(in, follower -> follower.savepointEnded(boundary, kept));
    }
  }

  @Override
  public void acquiring(TransactionInfo transaction) {
    Observed acquiring = open.get(transaction);
    if (acquiring != null) {
      acquiring.acquiring();
    }
  }

  @Override
  public void notAcquired(TransactionInfo transaction, Throwable failure) {
    Observed without = open.get(transaction);
    if (without != null) {
      without.notAcquired();
    }
  }

  @Override
  public void acquired(TransactionInfo transaction) {
    Observed with = open.get(transaction);
    if (with != null) {
      Duration wait = with.acquired();
      sinks.tell(with, follower -> follower.acquired(wait));
    }
  }

  @Override
  public void released(TransactionInfo transaction) {
    Observed without = open.get(transaction);
    if (without != null) {
      Duration held = without.released();
      sinks.tell(without, follower -> follower.released(held));
    }
  }

  @Override
  public void executing(TransactionInfo transaction, String sql) {
    Observed executing = open.get(transaction);
    if (executing != null) {
      executing.executing();
    }
  }

  @Override
  public void executed(TransactionInfo transaction, ExecutedStatement statement) {
    Observed executed = open.get(transaction);
    if (executed != null) {
      executed.executed(statement);
    }
  }

  @Override
  public void waiting(TransactionInfo transaction) {
    Observed in = open.get(transaction);
    if (in != null) {
      in.waiting();
      sinks.tell(in, Follower::waiting);
    }
  }

  @Override
  public void waited(TransactionInfo transaction, Duration time) {
    Observed in = open.get(transaction);
    if (in != null) {
      in.waited();
      sinks.tell(in, follower -> follower.waited(time));
    }
  }

  @Override
  public void committed(TransactionInfo transaction) {
    ended(transaction, FinishedTransaction.Outcome.COMMITTED, null);
  }

  @Override
  public void rolledBack(TransactionInfo transaction, @Nullable Throwable cause) {
    ended(transaction, FinishedTransaction.Outcome.ROLLED_BACK, cause);
  }

  @Override
  public void unknown(TransactionInfo transaction, Throwable cause) {
    ended(transaction, FinishedTransaction.Outcome.UNKNOWN, cause);
  }

  private void ended(
      TransactionInfo transaction, FinishedTransaction.Outcome outcome, @Nullable Throwable cause) {
    Observed ended = open.remove(transaction);
    if (ended != null) {
      FinishedTransaction how = ended.ended(outcome, cause);
      sinks.tell(ended, follower -> follower.ended(how));
    }
  }

  @Override
  public void retried(TransactionInfo transaction, int attempt, Duration delay, Throwable failure) {
    sinks.tellAll(sink -> sink.retried(transaction, attempt, delay, failure));
  }

  @Override
  public void detached(DetachedUse use) {
    sinks.tellAll(sink -> sink.detached(use));
  }

  /** Says what is to be seen. Each method returns this. */
  public static final class Builder {
    private final List<Sink> sinks = new ArrayList<>();
    private @Nullable Memory memory;
    private @Nullable Duration longOpen;
    private @Nullable Duration longIdle;
    private boolean notesOpeners;

    private Builder() {}

    /**
     * Events of the flight recorder: {@code io.txhost.Transaction}, {@code io.txhost.Savepoint},
     * {@code io.txhost.SetAside}, {@code io.txhost.TurnWait} and {@code io.txhost.DetachedUse}. On
     * while a recording runs that has {@code io.txhost.Transaction}. Needs the module {@code
     * jdk.jfr}.
     */
    public Builder flightRecorder() {
      sinks.add(new Recorder());
      return this;
    }

    /** A line of the log for each event, at DEBUG, by the logger {@code io.txhost.transactions}. */
    public Builder log() {
      sinks.add(new LogLines());
      return this;
    }

    /** Meters of up to 100 names of transactions. */
    public Builder meters(MeterRegistry registry) {
      return meters(registry, 100);
    }

    /**
     * The meters {@code txhost.transactions}, {@code txhost.connection.held}, {@code
     * txhost.connection.wait}, {@code txhost.retries} and {@code txhost.open}.
     *
     * @param mostNames how many names of transactions are told apart; those that come later are
     *     counted as "other"
     */
    public Builder meters(MeterRegistry registry, int mostNames) {
      sinks.add(new Meters(Objects.requireNonNull(registry, "registry"), mostNames));
      return this;
    }

    /**
     * An observation for each transaction, which a tracer makes a span. Its scope is open from the
     * begin to the end on the thread of the transaction.
     */
    public Builder observations(ObservationRegistry registry) {
      sinks.add(new Spans(Objects.requireNonNull(registry, "registry")));
      return this;
    }

    /**
     * Keeps the last slow and the last failed ones.
     *
     * @param most how many of each
     * @param slow how long a transaction takes at least to be slow
     * @throws IllegalArgumentException if {@code most} is less than 1
     */
    public Builder memory(int most, Duration slow) {
      Memory kept = new Memory(most, Objects.requireNonNull(slow, "slow"));
      memory = kept;
      sinks.add(kept);
      return this;
    }

    /**
     * Warns of a transaction that has been open for so long, once, with the stack of the thread
     * that uses it. One daemon thread looks; {@link TransactionObserver#close()} stops it.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    public Builder warnIfOpenFor(Duration time) {
      longOpen = positive(time);
      return this;
    }

    /**
     * Warns of a transaction that has held a connection for so long without using it, once: its
     * thread waits for something else, or computes. With the stack of that thread.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    public Builder warnIfIdleFor(Duration time) {
      longIdle = positive(time);
      return this;
    }

    /**
     * Notes where each transaction is opened, for warnings. It costs a stack walk a transaction.
     * Without it a warning has the stack of the thread that uses the transaction, which has the
     * opener's in it as a rule: only what {@code begin()} has opened may have gone from there.
     */
    public Builder noteOpeners() {
      notesOpeners = true;
      return this;
    }

    private boolean watches() {
      return longOpen != null || longIdle != null;
    }

    private static Duration positive(Duration time) {
      if (time.isZero() || time.isNegative()) {
        throw new IllegalArgumentException("TXH-711 A time to warn after is positive, not " + time);
      }
      return time;
    }

    /** The observer. Close it when its hosts are no longer used. */
    public TransactionObserver build() {
      return new TransactionObserver(this);
    }
  }
}
