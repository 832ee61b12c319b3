package io.txhost;

import io.txhost.spi.ResourceView;
import io.txhost.spi.TransactionAdapter;
import io.txhost.spi.TransactionListener;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/**
 * Says where a transaction starts and ends, and which one the calling code is in. A host belongs to
 * one data source; hosts are independent, views of one host are one host.
 *
 * <p>A boundary rolls back when any {@code Throwable} leaves it, which reaches the caller
 * unchanged; what fails while rolling back is suppressed in it. It commits when the work returns
 * normally, unless something marked it.
 *
 * <p>Every boundary method may throw, beside what its work throws: {@link
 * TransactionRequiredException}, {@link TransactionAlreadyActiveException}, {@link
 * IncompatibleTransactionException}, {@link NestedTransactionNotSupportedException}, {@link
 * DetachedTransactionException} where the mode refuses what is active, and then the work is never
 * called; {@link UnexpectedRollbackException} where the block is marked by an earlier failure;
 * {@link TransactionTimedOutException} and {@link TransactionCommitException} at its end.
 *
 * <p><b>Threads:</b> one host serves every thread at once. A transaction belongs to the code inside
 * its boundary.
 *
 * @param <T> what user code works with inside, such as a JDBC {@code Connection}
 * @implSpec Implemented here alone, by what {@link Builder#build()} gives: methods may be added. It
 *     is not sealed, so that a proxy of the application's may stand before it; one that must not
 *     break forwards by reflection.
 */
public interface TransactionHost<T> {

  /** A host with nothing but defaults, named "default". */
  static <T> TransactionHost<T> create(TransactionAdapter<T> adapter) {
    return builder(adapter).build();
  }

  /** Starts a host. */
  static <T> Builder<T> builder(TransactionAdapter<T> adapter) {
    return new DefaultTransactionHost.HostBuilder<>(adapter);
  }

  /** "default" unless named. */
  String name();

  /** What a boundary takes where it sets nothing, as {@link Builder#defaultOptions} was told. */
  TransactionOptions defaultOptions();

  /**
   * The active transaction's resource, else the adapter's auto-commit fallback as {@link
   * FallbackPolicy} allows. Ask at each use: a resource that outlives its transaction refuses.
   *
   * @throws TransactionRequiredException if none is active and the policy refuses the fallback
   * @throws DetachedTransactionException if the code runs outside the transaction that its context
   *     came from
   * @throws TransactionTimedOutException past the deadline
   */
  T tx();

  /** Whether the calling code is inside a transaction of this host. */
  boolean isTransactionActive();

  /** The transaction the calling code is inside of. */
  Optional<Transaction> currentTransaction();

  /**
   * Runs the work in a boundary of the host's default options.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <R extends @Nullable Object, X extends Throwable> R withTransaction(
      TransactionalCallable<? extends R, X> work) throws X;

  /**
   * Runs the work in a boundary of the given propagation.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <R extends @Nullable Object, X extends Throwable> R withTransaction(
      Propagation propagation, TransactionalCallable<? extends R, X> work) throws X;

  /**
   * Runs the work in a boundary.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <R extends @Nullable Object, X extends Throwable> R withTransaction(
      TransactionOptions options, TransactionalCallable<? extends R, X> work) throws X;

  /**
   * Runs the work in a boundary of the host's default options.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <X extends Throwable> void withTransaction(TransactionalRunnable<X> work) throws X;

  /**
   * Runs the work in a boundary of the given propagation.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <X extends Throwable> void withTransaction(Propagation propagation, TransactionalRunnable<X> work)
      throws X;

  /**
   * Runs the work in a boundary.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <X extends Throwable> void withTransaction(
      TransactionOptions options, TransactionalRunnable<X> work) throws X;

  /**
   * Runs the work without a transaction; an active one is set aside. Permits the fallback inside.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <R extends @Nullable Object, X extends Throwable> R withoutTransaction(
      TransactionalCallable<? extends R, X> work) throws X;

  /**
   * Runs the work without a transaction; an active one is set aside. Permits the fallback inside.
   *
   * @throws X what the work throws, unchanged
   */
  @LowPriorityInOverloadResolution
  <X extends Throwable> void withoutTransaction(TransactionalRunnable<X> work) throws X;

  /**
   * {@link #withTransaction(TransactionalCallable)} for languages without checked exceptions, where
   * a closure would fit both of its forms, or the type of what it throws cannot be inferred:
   * Groovy, Kotlin.
   *
   * @param work whatever it throws leaves unchanged, checked or not
   * @return what the work returned
   * @throws TransactionException as every boundary method
   */
  default <R extends @Nullable Object> R inTransaction(
      TransactionalCallable<? extends R, RuntimeException> work) {
    return this.<R, RuntimeException>withTransaction(work);
  }

  /**
   * The same in a boundary of the given propagation.
   *
   * @return what the work returned
   * @throws TransactionException as every boundary method
   */
  default <R extends @Nullable Object> R inTransaction(
      Propagation propagation, TransactionalCallable<? extends R, RuntimeException> work) {
    return this.<R, RuntimeException>withTransaction(propagation, work);
  }

  /**
   * The same in a boundary of the given options.
   *
   * @return what the work returned
   * @throws TransactionException as every boundary method
   */
  default <R extends @Nullable Object> R inTransaction(
      TransactionOptions options, TransactionalCallable<? extends R, RuntimeException> work) {
    return this.<R, RuntimeException>withTransaction(options, work);
  }

  /**
   * {@link #withoutTransaction(TransactionalCallable)} for the same languages.
   *
   * @return what the work returned
   */
  default <R extends @Nullable Object> R outsideTransaction(
      TransactionalCallable<? extends R, RuntimeException> work) {
    return this.<R, RuntimeException>withoutTransaction(work);
  }

  /** Opens a boundary of the host's default options that is ended by hand. */
  ManualTransaction begin();

  /**
   * Opens a boundary that is ended by hand.
   *
   * @throws IllegalArgumentException if a retry is asked for: there is no body to repeat
   */
  ManualTransaction begin(TransactionOptions options);

  /**
   * Runs the tasks beside each other, each on a thread of its own (virtual from Java 21 on; before
   * that at most 64 at once), and waits for all: structured children, in the caller's context and
   * in its transaction, if one is active. There {@link #tx()} gives each child a resource of its
   * own on the same connection, which serves one call at a time, first come first served.
   *
   * <p>A task is a boundary that has joined, in the transactions of other hosts too if any are
   * active: its failure marks. The first failure cancels the rest: tasks that have not begun do
   * not, and running ones are refused at what they next ask of the transaction; none is
   * interrupted. The caller being interrupted cancels all. What does not end by the deadline, or
   * within 30 s of being cancelled, is no longer waited for, and nothing of the block is kept.
   *
   * <p>What the caller did before is seen by the tasks, and what they did by the caller. What the
   * caller has in SLF4J's MDC, where there is one, is in the tasks' log, too. Other thread-locals
   * that are not inheritable, and scoped values of others, do not come along.
   *
   * @param <X> what the tasks may throw
   * @return the results, in the order of the tasks
   * @throws X the first failure, the same object; the others are suppressed in it
   * @throws TransactionInterruptedException TXH-150 if the caller was interrupted, whose flag is
   *     still set; the tasks have ended, or none has begun if it was before
   * @throws TransactionTimedOutException if a task did not end by the deadline, or it had passed
   *     before: then no task has run
   * @throws TransactionException TXH-123 if one did not end within 30 s of being cancelled
   * @throws DetachedTransactionException if the adapter cannot share a transaction; no task has run
   * @throws UnexpectedRollbackException if the active block is marked; no task has run
   */
  <R extends @Nullable Object, X extends Throwable> List<R> inParallel(
      Collection<? extends TransactionalCallable<? extends R, X>> tasks) throws X;

  /**
   * The same for tasks without a result.
   *
   * @param <X> what the tasks may throw
   * @throws X the first failure, the same object; the others are suppressed in it
   * @throws TransactionException as the form with results
   */
  <X extends Throwable> void inParallel(Iterable<? extends TransactionalRunnable<X>> tasks)
      throws X;

  /**
   * Races the tasks, run as by {@link #inParallel(Collection)}: the first to succeed wins, and the
   * others are cancelled. A task that fails is out of the race and marks nothing.
   *
   * <p>What a loser registered is as if it were rolled back. What it wrote in the caller's
   * transaction cannot be told from what the winner wrote: if there was anything, and no NESTED
   * block of its own has undone it, as one does that ends when the race is over, the block is
   * marked, and nothing is kept. Let a task write last, or in a NESTED block.
   *
   * @param <X> what the tasks may throw
   * @return the winner's result
   * @throws X the first failure, the same object, if all failed; the others are suppressed in it
   * @throws IllegalArgumentException TXH-205 if there are no tasks
   * @throws TransactionException as {@link #inParallel(Collection)}
   */
  <R extends @Nullable Object, X extends Throwable> R anyInParallel(
      Collection<? extends TransactionalCallable<? extends R, X>> tasks) throws X;

  /**
   * The same for tasks without a result.
   *
   * @param <X> what the tasks may throw
   * @throws X the first failure, the same object, if all failed; the others are suppressed in it
   * @throws IllegalArgumentException TXH-205 if there are no tasks
   * @throws TransactionException as {@link #inParallel(Collection)}
   */
  <X extends Throwable> void anyInParallel(Iterable<? extends TransactionalRunnable<X>> tasks)
      throws X;

  /** What is active here, as a tree a person can read. */
  String describe();

  /** This host with its resource shown as another type: the same transactions, the same name. */
  <V> TransactionHost<V> viewedAs(ResourceView<? super T, V> view);

  /**
   * Builds a host. Each method returns this.
   *
   * @param <T> what user code works with inside
   * @implSpec Implemented here alone: methods may be added.
   */
  interface Builder<T> {

    /**
     * Names the host.
     *
     * @throws IllegalArgumentException if the name is blank
     */
    Builder<T> name(String name);

    /** What a boundary takes where it sets nothing. */
    Builder<T> defaultOptions(TransactionOptions options);

    /**
     * What {@link TransactionHost#tx()} is good for outside a transaction; {@link
     * FallbackPolicy#READ_ONLY} unless set.
     */
    Builder<T> fallbackPolicy(FallbackPolicy policy);

    /**
     * Adds what is done before the first statement of each transaction that begins, and so not in a
     * NESTED block: with the context of the code that sends it, after the isolation and access mode
     * were set, once for each attempt. Several run in the order they were added. If one fails, that
     * is the cause of the {@link CannotBeginTransactionException} that is thrown instead of sending
     * the statement, and nothing else is sent in the transaction.
     *
     * <p>No statement misses them: outside transactions each runs in a short transaction of its
     * own, whose first statements are theirs. One that may write is committed when its execution
     * returns. So what a hook sets for the transaction is never left to another statement, or to
     * the next borrower of the connection. Listeners hear of such transactions as of any.
     *
     * <p>With {@code enabled(false)} hooks do not run: there is no transaction.
     */
    Builder<T> onBegin(BeginHook<? super T> hook);

    /**
     * Adds a kind of result that means failure, such as an {@code Either.left}. A boundary that
     * returns one ends as if its own code had called {@link Transaction#setRollbackOnly()}: it is
     * undone, and the result is returned all the same, whatever else has failed in it. One that has
     * joined marks the block: unless the boundary of that block returns such a result, too, or
     * fails, it ends with {@link UnexpectedRollbackException}. Such a result is no failure to a
     * retry.
     *
     * <p>Of several the first that says so decides. If a predicate throws, the boundary is rolled
     * back and that is what leaves it. A result of a boundary without a transaction is not looked
     * at.
     *
     * @param type of the results, or a supertype
     * @param failed whether it means failure; asked on the thread of the boundary, inside it
     */
    <R> Builder<T> rollbackIf(Class<R> type, Predicate<? super R> failed);

    /** Adds a listener. */
    Builder<T> listener(TransactionListener listener);

    /**
     * Whether there are transactions at all. Without, boundaries, checks and hooks behave as if
     * active, but each statement auto-commits and a failure undoes nothing, which is logged once.
     */
    Builder<T> enabled(boolean enabled);

    /**
     * Builds it.
     *
     * @throws TransactionException TXH-207 if there are {@code onBegin} hooks and the adapter does
     *     not tell when they are due
     * @throws IllegalStateException TXH-401 if the carrier asked for by {@code txhost.carrier}
     *     cannot be had
     */
    TransactionHost<T> build();
  }
}
