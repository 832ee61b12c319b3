package io.txhost;

import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.CauseChain;
import io.txhost.spi.FailureKind;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.ShortTransaction;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * An adapter over no database. Like a real one it begins at the first statement and sends a
 * savepoint with the next one; it writes down what a database would have been told, can be told to
 * fail at each step, and complains about a transaction that is not ended exactly once.
 */
class RecordingAdapter implements TransactionAdapter<RecordingAdapter.Db> {
  /** What user code works with. */
  interface Db {
    void sql(String text);

    /** One that writes nothing. */
    default void reads(String text) {
      throw new UnsupportedOperationException();
    }

    /** The server gives the transaction up. */
    default void lose(Throwable cause) {
      throw new UnsupportedOperationException();
    }

    /** The user undid the failure by a savepoint of his own. */
    default void recover() {
      throw new UnsupportedOperationException();
    }
  }

  /** Where it can be told to fail. */
  enum At {
    ATTACHED,
    PROMISE,
    RESOURCE,
    BEGIN,
    ACQUIRE,
    SQL,
    CREATE_SAVEPOINT,
    RELEASE,
    ROLLBACK_TO,
    COMMIT,
    ROLLBACK,
    CLASSIFY,
    FALLBACK
  }

  final List<String> transcript = Collections.synchronizedList(new ArrayList<>());
  final List<TransactionOptions> begunWith = Collections.synchronizedList(new ArrayList<>());
  final List<Tx> transactions = Collections.synchronizedList(new ArrayList<>());
  UnaryOperator<Isolation> effective =
      asked -> asked == Isolation.DEFAULT ? Isolation.READ_COMMITTED : asked;
  Consumer<TransactionSignals> whileCommitting = signals -> {};
  Consumer<String> whileCalling = text -> {};
  boolean hasSavepoints = true;
  boolean isSharable = true;
  boolean tellsBegun = true;
  TransactionHost<Db> attachedTo;
  FallbackSignals<Db> outside;

  private final Map<At, Queue<Throwable>> failures = new EnumMap<>(At.class);
  private final AtomicInteger numbers = new AtomicInteger();
  private final Queue<String> sentInterrupted = new ConcurrentLinkedQueue<>();

  RecordingAdapter() {
    for (At at : At.values()) {
      failures.put(at, new ConcurrentLinkedQueue<>());
    }
  }

  /** The next time it gets there it throws this. */
  RecordingAdapter failAt(At at, Throwable failure) {
    failures.get(at).add(failure);
    return this;
  }

  void forgetFailures() {
    failures.values().forEach(Queue::clear);
  }

  private void failIfAsked(At at, String told) {
    Throwable failure = failures.get(at).poll();
    if (failure != null) {
      if (!told.isEmpty()) {
        transcript.add(told + " failed");
      }
      throw RecordingAdapter.<RuntimeException>sneaky(failure);
    }
    if (!told.isEmpty()) {
      transcript.add(told);
    }
  }

  @SuppressWarnings("unchecked") // an adapter in another language may throw anything
  static <X extends Throwable> X sneaky(Throwable failure) throws X {
    throw (X) failure;
  }

  /** A virtual thread's socket would have been closed under it, and the answer lost. */
  private void watchInterrupts(String sent) {
    if (Thread.currentThread().isInterrupted()) {
      sentInterrupted.add(sent + " was sent by an interrupted thread");
    }
  }

  /** What is wrong with how transactions were ended; empty if all is well. */
  List<String> complaints() {
    List<String> found = new ArrayList<>();
    for (Tx tx : transactions) {
      if (tx.ends.get() != 1) {
        found.add(tx + " was ended " + tx.ends.get() + " times");
      }
    }
    found.addAll(sentInterrupted);
    return found;
  }

  @Override
  public Db fallback() {
    failIfAsked(At.FALLBACK, "");
    return text -> failIfAsked(At.SQL, "AUTO " + text);
  }

  @Override
  public Db fallback(FallbackSignals<Db> signals) {
    failIfAsked(At.FALLBACK, "");
    outside = signals;
    return new Db() {
      @Override
      public void sql(String text) {
        Db active = signals.active();
        if (active != null) {
          active.sql(text);
        } else {
          signals.refuseWrite("A write");
          alone(signals.begin(), text);
        }
      }

      @Override
      public void reads(String text) {
        Db active = signals.active();
        if (active != null) {
          active.reads(text);
        } else {
          signals.refuseRead("A read");
          alone(signals.begin(), text);
        }
      }
    };
  }

  private void alone(ShortTransaction<Db> around, String text) {
    if (around == null) {
      failIfAsked(At.SQL, "AUTO " + text);
      return;
    }
    try {
      around.resource().sql(text);
    } catch (Throwable failure) {
      around.rollback(failure);
      throw failure;
    }
    around.commit();
  }

  @Override
  public boolean tellsBegun() {
    return tellsBegun;
  }

  @Override
  public AdapterTransaction<Db> begin(TransactionOptions options, TransactionSignals signals) {
    failIfAsked(At.PROMISE, "");
    begunWith.add(options);
    Tx tx = new Tx(numbers.incrementAndGet(), signals);
    transactions.add(tx);
    return tx;
  }

  @Override
  public FailureKind classify(Throwable failure) {
    failIfAsked(At.CLASSIFY, "");
    for (Throwable t : CauseChain.of(failure)) {
      if (t instanceof SQLException sql
          && ("40001".equals(sql.getSQLState())
              || "40P01".equals(sql.getSQLState())
              || sql.getErrorCode() == 1213)) {
        return FailureKind.TRANSIENT;
      }
    }
    return FailureKind.OTHER;
  }

  @Override
  public Isolation effective(Isolation asked) {
    return effective.apply(asked);
  }

  @Override
  public void attached(TransactionHost<Db> host) {
    failIfAsked(At.ATTACHED, "");
    attachedTo = host;
  }

  @Override
  public String toString() {
    return "recorder";
  }

  private record Savepoint(String name) {}

  /** What a structured child gets. */
  record OfChild(Tx tx) implements Db {
    @Override
    public void sql(String text) {
      tx.sql(text);
    }

    @Override
    public void lose(Throwable cause) {
      tx.lose(cause);
    }
  }

  final class Tx implements AdapterTransaction<Db>, Db {
    final TransactionSignals signals;
    final AtomicInteger ends = new AtomicInteger();
    private final int number;
    private final Thread owner = Thread.currentThread();
    private final List<Savepoint> promised = new ArrayList<>();
    private int savepoints;
    private boolean begun;
    private boolean isBeginning;

    Tx(int number, TransactionSignals signals) {
      this.number = number;
      this.signals = signals;
    }

    @Override
    public Db resource() {
      failIfAsked(At.RESOURCE, "");
      return Thread.currentThread() == owner ? this : new OfChild(this);
    }

    @Override
    public boolean isSharable() {
      return isSharable;
    }

    /** One call of the driver. */
    @Override
    public void sql(String text) {
      signals.enter();
      try {
        send(text);
      } finally {
        signals.leave();
      }
    }

    /** One call that writes nothing. */
    @Override
    public void reads(String text) {
      signals.enterToRead();
      try {
        send(text);
      } finally {
        signals.leave();
      }
    }

    private void send(String text) {
      whileCalling.accept(text);
      if (ends.get() > 0) {
        throw new TransactionCompletedException(
            this + " has ended: ask host.tx() at each use", null);
      }
      if (!begun) {
        failIfAsked(At.BEGIN, number + " BEGIN");
        begun = true;
        if (signals.isObserved()) {
          signals.acquiring();
        }
        try {
          failIfAsked(At.ACQUIRE, "");
        } catch (Throwable failure) {
          begun = false;
          signals.notAcquired(failure);
          throw failure;
        }
        signals.acquired();
        isBeginning = true;
        try {
          signals.begun();
        } finally {
          isBeginning = false;
        }
      }
      while (!promised.isEmpty() && !isBeginning) {
        transcript.add(number + " SAVEPOINT " + promised.remove(0).name());
      }
      signals.executing(text);
      Throwable thrown = null;
      try {
        failIfAsked(At.SQL, number + " " + text);
      } catch (Throwable failure) {
        thrown = failure;
        throw failure;
      } finally {
        signals.executed(text, 1, thrown);
      }
    }

    @Override
    public void lose(Throwable cause) {
      signals.lost(cause);
    }

    @Override
    public void recover() {
      signals.recovered();
    }

    @Override
    public Object createSavepoint() {
      if (!hasSavepoints) {
        return AdapterTransaction.super.createSavepoint();
      }
      failIfAsked(At.CREATE_SAVEPOINT, "");
      Savepoint made = new Savepoint("s" + ++savepoints);
      promised.add(made);
      return made;
    }

    @Override
    public void release(Object savepoint) {
      end("RELEASE", At.RELEASE, (Savepoint) savepoint);
    }

    @Override
    public void rollbackTo(Object savepoint) {
      end("ROLLBACK TO", At.ROLLBACK_TO, (Savepoint) savepoint);
    }

    private void end(String what, At at, Savepoint savepoint) {
      watchInterrupts(what);
      boolean wasSent = !promised.remove(savepoint);
      failIfAsked(at, wasSent ? number + " " + what + " " + savepoint.name() : "");
    }

    @Override
    public void commit() {
      whileCommitting.accept(signals);
      end("COMMIT", At.COMMIT);
    }

    @Override
    public void rollback() {
      end("ROLLBACK", At.ROLLBACK);
    }

    private void end(String what, At at) {
      watchInterrupts(what);
      if (ends.incrementAndGet() > 1) {
        transcript.add(number + " " + what + " after its end");
      }
      try {
        failIfAsked(at, begun ? number + " " + what : "");
      } finally {
        if (begun) {
          signals.released();
        }
      }
    }

    @Override
    public String toString() {
      return "recorded transaction " + number;
    }
  }
}
