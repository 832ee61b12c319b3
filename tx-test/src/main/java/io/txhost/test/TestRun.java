package io.txhost.test;

import io.txhost.DetachedTransactionException;
import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import io.txhost.internal.RefusedUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One test, from before its first lifecycle method until after its last, and what it has to undo.
 * {@link TxTest} opens one for each test; whoever brings another test framework opens it by hand.
 *
 * <p><b>Threads:</b> started and ended by the test's thread. What is found on other threads is told
 * to it from there.
 */
public final class TestRun {
  private static final System.Logger LOG = System.getLogger("io.txhost.test");
  private static final Map<Thread, TestRun> BY_THREAD = new ConcurrentHashMap<>();
  private static final Set<TestRun> OPEN = ConcurrentHashMap.newKeySet();

  /** Threads that the test starts know it, workers that a pool starts for it too. */
  private static final InheritableThreadLocal<@Nullable TestRun> DESCENDED =
      new InheritableThreadLocal<>();

  static {
    RefusedUse.hear(TestRun::refused);
  }

  private final TxTest settings;
  private final Class<?> testClass;
  private final @Nullable TestRun before;
  private final Frame framesBefore = Carrier.current();
  private final Map<TestDataSource, TestConnection> connections = new ConcurrentHashMap<>();
  private final Escapes escapes;
  private volatile boolean ended;

  private TestRun(TxTest settings, Class<?> testClass) {
    this.settings = settings;
    this.testClass = testClass;
    this.escapes = new Escapes(settings);
    this.before = BY_THREAD.get(Thread.currentThread());
  }

  /**
   * Opens one on the calling thread.
   *
   * @param settings of the test
   * @param testClass whose class loader finds the scripts
   * @throws IllegalStateException TXH-730 if a transaction is open on the thread already
   */
  public static TestRun start(TxTest settings, Class<?> testClass) {
    TestRun run =
        new TestRun(
            Objects.requireNonNull(settings, "settings"),
            Objects.requireNonNull(testClass, "testClass"));
    refuseInside("The test's transaction");
    OPEN.add(run);
    run.enter();
    return run;
  }

  /** Whether the calling thread is a test's for which one is open. */
  public static boolean isOpenHere() {
    return BY_THREAD.containsKey(Thread.currentThread());
  }

  /** Whether one is open on the calling thread that was started for the class. */
  static boolean isOpenFor(Class<?> testClass) {
    TestRun open = BY_THREAD.get(Thread.currentThread());
    return open != null && open.testClass == testClass;
  }

  /** Somebody else's transaction around the test would take its boundaries in. */
  private static void refuseInside(String what) {
    Frame boundary = Carrier.current().boundary();
    if (boundary != null) {
      throw new IllegalStateException(
          "TXH-730 "
              + what
              + " was not begun: "
              + boundary.shown()
              + " is open around the test, so the boundaries of the code under test would join it."
              + " Where Spring's @Transactional has begun it, choose one of the two: @TxTest, or"
              + " Spring's; @Transactional(propagation = NOT_SUPPORTED) on the test class switches"
              + " Spring's off.");
    }
  }

  // ---- whose work it is

  /** Makes the calling thread the test's. */
  @Nullable TestRun enter() {
    DESCENDED.set(this);
    return BY_THREAD.put(Thread.currentThread(), this);
  }

  void leave(@Nullable TestRun earlier) {
    DESCENDED.remove();
    if (earlier == null) {
      BY_THREAD.remove(Thread.currentThread());
    } else {
      earlier.enter();
    }
  }

  /**
   * The run that the calling code is inside of: on the test's thread, or in a structured child of a
   * boundary that was opened there. Null elsewhere.
   */
  static @Nullable TestRun here() {
    TestRun own = BY_THREAD.get(Thread.currentThread());
    Frame frame = own == null ? Carrier.current().boundary() : null;
    while (own == null && frame != null) {
      Thread owner = frame.owner();
      own = owner == null ? null : BY_THREAD.get(owner);
      frame = frame.outerBoundary();
    }
    return own;
  }

  /** The run that the work of another thread is put down to; null if that cannot be told. */
  static @Nullable TestRun ofOtherThread() {
    TestRun descended = DESCENDED.get();
    if (descended != null && !descended.ended) {
      return descended;
    }
    List<TestRun> open = List.copyOf(OPEN);
    return open.size() == 1 ? open.get(0) : null;
  }

  static boolean isAnyOpen() {
    return !OPEN.isEmpty();
  }

  private static void refused(RuntimeException refusal) {
    boolean mayBeUnseen = !isOpenHere() || refusal instanceof DetachedTransactionException;
    if (mayBeUnseen && isAnyOpen()) {
      Escapes.tell(Escape.refused(refusal));
    }
  }

  // ---- what it uses

  boolean commits() {
    return settings.mode() == TxTest.Mode.COMMIT_AND_CLEAN;
  }

  Escapes escapes() {
    return escapes;
  }

  boolean isOver() {
    return ended;
  }

  /** Its connection of the data source, which is taken with the first use. */
  TestConnection connection(TestDataSource source) {
    return connections.computeIfAbsent(source, one -> new TestConnection(this, one));
  }

  // ---- its end

  /**
   * Rolls back, or cleans, and says what escaped. Called once, on the thread that started it.
   *
   * @throws AssertionError if something escaped, was left open, or could not be undone
   */
  public void end() {
    if (ended) {
      return;
    }
    boolean wasInterrupted = Thread.interrupted(); // else nothing could be undone
    List<Leftover> found = new ArrayList<>(Leftover.framesAbove(framesBefore));
    try {
      ended = true;
      found.addAll(undone());
      found.addAll(cleaned());
    } finally {
      OPEN.remove(this);
      leave(before);
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
    found.addAll(escapes.found());
    nothingToUndo(found);
    Leftover.report("This test did not stay in its transaction:", found);
  }

  private List<Leftover> undone() {
    List<Leftover> failed = new ArrayList<>();
    connections.values().forEach(one -> one.end().ifPresent(failed::add));
    return failed;
  }

  private List<Leftover> cleaned() {
    String[] scripts = settings.clean();
    if (scripts.length == 0) {
      return List.of();
    }
    Set<TestDataSource> toClean =
        commits() ? Set.copyOf(connections.keySet()) : escapes.takeCommitted();
    List<Leftover> failed = new ArrayList<>();
    for (TestDataSource source : toClean) {
      CleaningScripts.run(scripts, testClass, source.below()).ifPresent(failed::add);
    }
    return failed;
  }

  private void nothingToUndo(List<Leftover> found) {
    if (connections.isEmpty() && !TestDataSource.isOneThere()) {
      found.add(
          new Leftover(
              "TXH-720 @TxTest has nothing to undo: this JVM has no TestDataSource, so whatever"
                  + " the test wrote has stayed. Build the hosts under test over"
                  + " TestDataSource.over(dataSource); in Spring, let the test class be loaded by"
                  + " SpringExtension, which wraps the DataSource beans",
              Optional.empty()));
    }
  }

  static void log(String message, @Nullable Throwable where) {
    LOG.log(System.Logger.Level.WARNING, message, where);
  }

  @Override
  public String toString() {
    return "run of a test of " + testClass.getName();
  }
}
