package io.txhost.programs;

import io.txhost.CommitOutcomeUnknownException;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionOptions;
import io.txhost.programs.Op.Fault;
import io.txhost.programs.Op.Statement;
import io.txhost.spi.AdapterTransaction;
import io.txhost.spi.FailureKind;
import io.txhost.spi.FallbackSignals;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionSignals;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An adapter over rows in memory: it keeps and undoes them as a database would, fails where it was
 * told to, and complains of whatever a host may not do.
 */
final class Rows implements TransactionAdapter<Rows.Db> {
  /** What user code works with. */
  interface Db {
    /** Adds a row, or fails. */
    void write(Statement statement, int row);

    /** The transaction's name, or that there is none; which is a read. */
    String where();

    /** What only the host may do. */
    void refused(int id);

    /** Whether it was got outside. */
    default boolean isOutside() {
      return false;
    }
  }

  /** What the adapter throws, as a driver would. */
  static final class AdapterFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AdapterFailure(String message) {
      super(message, null, true, false);
    }
  }

  private final List<Integer> kept = new ArrayList<>();
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Queue<Tx> open = new ConcurrentLinkedQueue<>();

  /**
   * What the calling thread's next opening is to fail at: boundaries are opened by their caller.
   */
  private final ThreadLocal<Fault> armed = ThreadLocal.withInitial(() -> Fault.NONE);

  /** Whether a statement lets others in, so that two at a time would be seen. */
  private final boolean yields;

  Rows(boolean yields) {
    this.yields = yields;
  }

  void arm(Fault fault) {
    armed.set(fault);
  }

  private Fault opening(String what) {
    Fault fault = armed.get();
    armed.remove();
    if (fault == Fault.OPENING) {
      throw new AdapterFailure("opening " + what);
    }
    return fault;
  }

  /** Auto-committed and committed rows, in that order of time. */
  synchronized List<Integer> kept() {
    return List.copyOf(kept);
  }

  private synchronized void keep(List<Integer> rows) {
    kept.addAll(rows);
  }

  /** What a host did that it may not; empty if all is well. */
  List<String> complaints() {
    List<String> all = new ArrayList<>(complaints);
    open.forEach(tx -> all.add(tx + " was never ended"));
    return all;
  }

  @Override
  public Db fallback() {
    throw new UnsupportedOperationException("the host has signals");
  }

  @Override
  public Db fallback(FallbackSignals<Db> signals) {
    return new Outside(signals);
  }

  private final class Outside implements Db {
    private final FallbackSignals<Db> signals;

    Outside(FallbackSignals<Db> signals) {
      this.signals = signals;
    }

    @Override
    public void write(Statement statement, int row) {
      Db active = signals.active();
      if (active != null) {
        active.write(statement, row);
        return;
      }
      signals.refuseWrite("a write");
      if (statement != Statement.WRITES) {
        throw new AdapterFailure("statement " + row);
      }
      keep(List.of(row));
    }

    @Override
    public String where() {
      Db active = signals.active();
      if (active != null) {
        return active.where();
      }
      signals.refuseRead("a read");
      return "auto";
    }

    @Override
    public void refused(int id) {
      Db active = signals.active();
      if (active != null) {
        active.refused(id);
      }
      throw new AdapterFailure("refused " + id);
    }

    @Override
    public boolean isOutside() {
      return true;
    }
  }

  @Override
  public AdapterTransaction<Db> begin(TransactionOptions options, TransactionSignals signals) {
    Tx tx = new Tx(options.name().orElseThrow(), signals, opening("transaction"));
    open.add(tx);
    return tx;
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return FailureKind.OTHER;
  }

  @Override
  public String toString() {
    return "rows";
  }

  private record Savepoint(int rows, Fault fault) {}

  private final class Tx implements AdapterTransaction<Db>, Db {
    private final String name;
    private final TransactionSignals signals;
    private final Fault fault;
    private final List<Integer> rows = new ArrayList<>();
    private final Deque<Savepoint> savepoints = new ArrayDeque<>();

    /** Who is inside a call: a connection bears one at a time. */
    private final AtomicReference<Thread> inside = new AtomicReference<>();

    private boolean lost;
    private boolean ended;

    Tx(String name, TransactionSignals signals, Fault fault) {
      this.name = name;
      this.signals = signals;
      this.fault = fault;
    }

    private void complain(String what) {
      complaints.add(this + ": " + what);
    }

    private void enter(String what) {
      if (!inside.compareAndSet(null, Thread.currentThread())) {
        complain(what + " while another thread is inside");
      }
    }

    private void leave() {
      inside.set(null);
    }

    @Override
    public Db resource() {
      return this;
    }

    @Override
    public String where() {
      return name;
    }

    @Override
    public void refused(int id) {
      AdapterFailure failure = new AdapterFailure("refused " + id);
      signals.marked(failure);
      throw failure;
    }

    @Override
    public void write(Statement statement, int row) {
      signals.enter();
      try {
        send(statement, row);
      } finally {
        signals.leave();
      }
    }

    private void send(Statement statement, int row) {
      enter("statement");
      try {
        if (yields) {
          Thread.yield();
        }
        if (ended) {
          complain("statement after the end");
        }
        if (lost) {
          throw new AdapterFailure("statement on lost");
        }
        if (statement == Statement.LOSES) {
          lost = true;
          AdapterFailure failure = new AdapterFailure("statement " + row);
          signals.lost(failure);
          throw failure;
        }
        if (statement == Statement.FAILS) {
          throw new AdapterFailure("statement " + row);
        }
        rows.add(row);
      } finally {
        leave();
      }
    }

    @Override
    public Object createSavepoint() {
      enter("savepoint");
      try {
        Savepoint made = new Savepoint(rows.size(), opening("savepoint"));
        savepoints.push(made);
        return made;
      } finally {
        leave();
      }
    }

    @Override
    public void release(Object savepoint) {
      pop("release", savepoint);
      Fault asked = ((Savepoint) savepoint).fault();
      if (asked == Fault.COMMIT_REFUSED
          || asked == Fault.COMMIT_UNKNOWN
          || asked == Fault.COMMIT_ODD) {
        lost = true;
        throw new AdapterFailure("release");
      }
    }

    @Override
    public void rollbackTo(Object savepoint) {
      pop("rollback to savepoint", savepoint);
      if (((Savepoint) savepoint).fault() == Fault.ROLLBACK) {
        lost = true;
        throw new AdapterFailure("rollback to savepoint");
      }
      rows.subList(((Savepoint) savepoint).rows(), rows.size()).clear();
      lost = false;
    }

    private void pop(String what, Object savepoint) {
      enter(what);
      try {
        if (ended) {
          complain(what + " after the end");
        }
        if (savepoints.poll() != savepoint) {
          complain(what + " of a savepoint that is not the innermost");
        }
      } finally {
        leave();
      }
    }

    @Override
    public void commit() {
      end("commit");
      if (lost) {
        complain("commit of a lost transaction");
      }
      if (!savepoints.isEmpty()) {
        complain("commit inside a savepoint");
      }
      switch (fault) {
        case COMMIT_REFUSED -> throw new TransactionCommitException("refused", null);
        case COMMIT_UNKNOWN -> throw new CommitOutcomeUnknownException("no answer", null);
        case COMMIT_ODD -> throw new AdapterFailure("commit");
        case NONE, OPENING, ROLLBACK -> keep(rows);
      }
    }

    @Override
    public void rollback() {
      end("rollback");
      if (fault == Fault.ROLLBACK) {
        throw new AdapterFailure("rollback");
      }
    }

    private void end(String what) {
      enter(what);
      try {
        if (ended) {
          complain(what + " after the end");
        }
        ended = true;
        open.remove(this);
      } finally {
        leave();
      }
    }

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public String toString() {
      return "rows of " + name;
    }
  }
}
