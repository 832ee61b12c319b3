package io.txhost.spring.tx;

import io.txhost.ManualTransaction;
import io.txhost.TransactionOptions;
import io.txhost.internal.BridgedBoundary;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.TransactionUsageException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A transaction of the host's, as one scope of Spring's sees it: it has begun it, has joined it, or
 * is a savepoint of it.
 *
 * <p><b>Threads:</b> confined to the scope's.
 */
final class HostTransaction implements SavepointManager, SmartTransactionObject {
  private static final System.Logger LOG = System.getLogger(HostTransaction.class.getName());

  private final TxHostTransactionManager manager;
  private final HostSide host;

  /** What the host is opening; null where Spring asks by itself. */
  private final @Nullable Opening opening;

  /** What it is in when the scope is entered, or what it has begun. */
  private @Nullable BoundConnection bound;

  private final Savepoints savepoints;
  private @Nullable Begun begun;
  private @Nullable TransactionStatus status;
  private @Nullable ManualTransaction afterwards;

  /** What the host has said of its end; null if nothing speaks against that. */
  private @Nullable Throwable failure;

  /** What Spring was told of it. */
  private @Nullable RuntimeException told;

  /** Set where a savepoint that is marked is undone, so that the host says what has marked it. */
  private boolean asksWhy;

  /** Set once the scope's own savepoint was undone, for good. */
  private boolean undone;

  /**
   * What this scope has begun.
   *
   * @param manual what ends it; null where the host does
   */
  private record Begun(BridgedBoundary boundary, @Nullable ManualTransaction manual) {}

  HostTransaction(TxHostTransactionManager manager, HostSide host, @Nullable Opening opening) {
    this.manager = manager;
    this.host = host;
    this.opening = opening;
    this.savepoints = new Savepoints(host);
    this.bound = host.bound();
    if (opening != null) {
      opening.isOf(this);
    } else if (bound == null && host.here() != null) {
      throw new IllegalTransactionStateException(
          "TXH-641 Spring's transactions are refused here: a transaction of "
              + host
              + " is active, and Spring knows nothing of it on this thread. In a fork of a"
              + " StructuredTaskScope use host.withTransaction or the host's @Transactional, or let"
              + " host.inParallel run the task; and make the transaction manager before the"
              + " transaction begins.");
    }
  }

  boolean isExisting() {
    return bound != null;
  }

  void isOf(TransactionStatus made) {
    status = made;
  }

  // ---- begin

  void begin(TransactionDefinition definition, int timeout) {
    if (opening == null) {
      beginByHand(Definitions.options(definition, timeout, host::unnamed));
    } else {
      begun(opening.boundary(), null);
    }
  }

  private void beginByHand(TransactionOptions options) {
    ManualTransaction manual = opened(options);
    try {
      begun(Objects.requireNonNull(host.here()), manual);
    } catch (Throwable thrown) {
      manual.close();
      throw new CannotCreateTransactionException("Could not begin on " + host, thrown);
    }
  }

  private ManualTransaction opened(TransactionOptions options) {
    try {
      return host.begin(options, this::abandoned);
    } catch (io.txhost.TransactionException refusal) {
      throw new CannotCreateTransactionException("Could not begin on " + host, refusal);
    }
  }

  private void begun(BridgedBoundary boundary, @Nullable ManualTransaction manual) {
    BoundConnection connection = new BoundConnection(host, boundary);
    host.bind(connection);
    bound = connection;
    begun = new Begun(boundary, manual);
  }

  /** What is around it ends, and nobody has ended it. */
  private void abandoned() {
    if (status != null && !status.isCompleted()) {
      manager.rollback(status);
    }
  }

  // ---- set aside

  Suspended setAside() {
    BoundConnection connection = Objects.requireNonNull(bound);
    ManualTransaction aside = opening == null ? host.without("set aside by Spring") : null;
    host.unbind(connection);
    bound = null;
    return new Suspended(host, connection, aside);
  }

  // ---- its end

  /** Undoes what was opened inside and left, so that this can end. */
  @Nullable RuntimeException abandonInside() {
    ManualTransaction manual = begun().manual();
    RuntimeException left = manual == null ? null : host.abandonInside(manual);
    if (left != null) {
      rebind();
    }
    return left;
  }

  void runBeforeCommit() {
    try {
      begun().boundary().runBeforeCommit();
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) { // a hook may throw what it does not declare
      throw new UndeclaredThrowableException(thrown);
    }
  }

  void commit() {
    Throwable thrown = ended(this::keep);
    BridgedBoundary.End end = begun().boundary().end();
    if (end != BridgedBoundary.End.COMMITTED) {
      failure = thrown;
      told = Outcomes.told(thrown, end, begun().boundary());
      throw told;
    }
    if (thrown != null) {
      LOG.log(
          System.Logger.Level.ERROR,
          "TXH-644 What came after the commit of " + begun().boundary() + " failed",
          thrown);
    }
  }

  private void keep() {
    ManualTransaction manual = begun().manual();
    if (manual == null) {
      Objects.requireNonNull(opening).ending().run();
    } else {
      manual.commit();
    }
  }

  /** Spring asks also after a commit that has failed: then it is told how that ended. */
  void rollback() {
    BridgedBoundary boundary = begun().boundary();
    if (boundary.end() != BridgedBoundary.End.OPEN) {
      if (boundary.end() == BridgedBoundary.End.UNKNOWN && told != null) {
        throw told;
      }
      return;
    }
    RuntimeException left = abandonInside();
    if (left != null) {
      LOG.log(System.Logger.Level.WARNING, "TXH-644 " + boundary + " is rolled back", left);
    }
    Throwable thrown = ended(this::undo);
    if (opening != null) {
      failure = thrown; // the host's to tell
    } else if (boundary.end() == BridgedBoundary.End.OPEN) {
      throw Outcomes.told(thrown, boundary.end(), boundary);
    } else if (thrown != null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "TXH-644 The rollback of " + boundary + " failed; nothing of it was kept",
          thrown);
    }
  }

  private void undo() {
    ManualTransaction manual = begun().manual();
    if (manual != null) {
      manual.rollback();
    } else if (Objects.requireNonNull(opening).keeps() && !isRollbackOnly()) {
      opening.ending().undo(); // something of Spring's has failed before the commit
    } else {
      opening.ending().run();
    }
  }

  /** Ends it, and returns what the host has thrown. */
  private @Nullable Throwable ended(Runnable end) {
    try {
      savepoints.undoAll();
      end.run();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    } finally {
      leave();
    }
  }

  /** From here on Spring is outside, as the host is. */
  private void leave() {
    Begun ended = begun();
    if (ended.boundary().end() != BridgedBoundary.End.OPEN) {
      unbind();
      if (ended.manual() != null && afterwards == null) {
        afterwards = host.without("hooks of " + ended.boundary().name());
      }
    }
  }

  void unbind() {
    if (begun != null && bound != null) {
      host.unbind(bound);
    }
  }

  /** Where what was left open inside was taken away, and nobody has resumed this. */
  void rebind() {
    if (begun != null && bound != null && host.bound() != bound) {
      host.rebind(bound);
    }
  }

  /** Whatever has happened on the way: nothing of it stays. Throws nothing. */
  void cleanUp() {
    try {
      if (begun().boundary().end() == BridgedBoundary.End.OPEN) {
        rollback();
      }
      if (afterwards != null) {
        RuntimeException left = host.abandonInside(afterwards);
        afterwards.close();
        if (left != null) {
          TransactionSynchronizationManager.clear(); // what was left has put back Spring's own
          throw left;
        }
      }
    } catch (Throwable beside) {
      LOG.log(
          System.Logger.Level.ERROR,
          "TXH-644 What was left of " + begun().boundary() + " could not be undone",
          beside);
    } finally {
      unbind();
    }
  }

  private Begun begun() {
    return Objects.requireNonNull(begun, "begun");
  }

  /** How the transaction has ended that this scope has begun; OPEN if it has begun none. */
  BridgedBoundary.End end() {
    return begun == null ? BridgedBoundary.End.OPEN : begun.boundary().end();
  }

  @Nullable Throwable failure() {
    return failure;
  }

  @Nullable RuntimeException told() {
    return told;
  }

  /** The transaction, the same object for all that are in it. */
  @Nullable Object transaction() {
    return bound == null ? null : bound.transaction();
  }

  // ---- marks

  @Override
  public boolean isRollbackOnly() {
    return bound != null && bound.isRollbackOnly();
  }

  void mark(String scope) {
    savepoints.undoAll();
    host.mark(scope.isBlank() ? "a scope of Spring's" : scope);
  }

  /** Undoes what is marked, and says by the host's word what has marked it. */
  RuntimeException rolledBack(DefaultTransactionStatus marked) {
    if (marked.hasSavepoint()) {
      asksWhy = true;
      marked.rollbackToHeldSavepoint();
    } else {
      failure = ended(this::keep);
    }
    told = Outcomes.rolledBack(failure, begun == null ? scopeOf(marked) : begun.boundary().name());
    return told;
  }

  private static String scopeOf(DefaultTransactionStatus savepoint) {
    String name = savepoint.getTransactionName();
    return name.isBlank() ? "a savepoint of Spring's" : name;
  }

  // ---- savepoints

  @Override
  public Object createSavepoint() throws TransactionException {
    return opening == null ? savepoints.create() : opening;
  }

  @Override
  public void rollbackToSavepoint(Object savepoint) throws TransactionException {
    if (savepoint == opening) {
      failure = thrownBy(opening.ending()::run);
      undone = true;
    } else if (asksWhy) {
      failure = thrownBy(() -> savepoints.release(savepoint)); // the host undoes what is marked
      undone = true;
    } else {
      savepoints.rollbackTo(savepoint);
    }
  }

  @Override
  public void releaseSavepoint(Object savepoint) throws TransactionException {
    if (undone) {
      return;
    }
    Throwable thrown =
        thrownBy(
            savepoint == opening ? opening.ending()::run : () -> savepoints.release(savepoint));
    if (thrown instanceof TransactionUsageException misuse) {
      throw misuse;
    }
    if (thrown != null) {
      failure = thrown;
      told = Outcomes.rolledBack(thrown, "a savepoint");
      throw told;
    }
  }

  /**
   * Keeps what was made by hand and never released.
   *
   * @param scope the scope's own savepoint stays
   */
  void releaseSavepoints(DefaultTransactionStatus scope) {
    Throwable thrown =
        thrownBy(() -> savepoints.releaseAll(scope.hasSavepoint() && opening == null ? 1 : 0));
    if (thrown != null) {
      host.mark("a savepoint of Spring's");
    }
  }

  private static @Nullable Throwable thrownBy(Runnable end) {
    try {
      end.run();
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }
}
