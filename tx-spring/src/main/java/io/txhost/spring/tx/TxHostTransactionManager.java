package io.txhost.spring.tx;

import io.txhost.TransactionHost;
import io.txhost.internal.BridgedBoundary;
import io.txhost.internal.Crossing;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.ResourceTransactionManager;

/**
 * Spring's transaction manager on a host: Spring's transactions are the host's, and the host's are
 * Spring's. Whoever begins one, {@code host.tx()}, {@code JdbcTemplate}, {@code @Transactional} of
 * Spring's, {@code TransactionTemplate} and {@code @TransactionalEventListener} are in it.
 *
 * <pre>{@code
 * @Bean
 * TxHostTransactionManager transactionManager(TransactionHost<?> host) {
 *   return new TxHostTransactionManager(host);
 * }
 * }</pre>
 *
 * <p>What Spring says of its managers holds: propagation, rollback rules, marks, synchronizations
 * and their order, suspending, savepoints, {@code TransactionExecutionListener}s and the settings
 * of {@link AbstractPlatformTransactionManager}. What differs on purpose is a table in {@code
 * docs/in-depth/bridge.md}: a commit is only reported where there was one, an unknown outcome is
 * told as such, what comes after the end is outside the transaction, and the first statement takes
 * the connection.
 *
 * <p><b>Threads:</b> serves every thread at once. What Spring keeps for a thread is there on the
 * thread of the boundary and on those of {@code inParallel}'s tasks. Forks of a {@code
 * StructuredTaskScope} have it not: Spring's transactions are refused there.
 */
@SuppressWarnings("exports") // Spring's are optional here; who has the class has them
public final class TxHostTransactionManager extends AbstractPlatformTransactionManager
    implements ResourceTransactionManager {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // Spring's base class is serializable, a host is not
  private final HostSide host;

  /** What the host is about to open, for the calls that Spring makes to learn of it. */
  @SuppressWarnings({"serial", "ThreadLocalUsage"}) // of one manager, and taken away at once
  private final ThreadLocal<@Nullable Opening> opening = new ThreadLocal<>();

  /**
   * The manager of a host's transactions. The host tells it of each boundary from now on; of
   * several managers of one host, the one that was made last is told.
   *
   * @param host any host over JDBC, or a view of one
   * @param others data sources by which the host's pool is reached, too, such as a proxy around it:
   *     what Spring looks up by them is the transaction's connection. Those that the host's own
   *     leads to are known
   * @throws io.txhost.TransactionException TXH-640 if the host has no data source
   */
  @SuppressWarnings("this-escape") // the host tells what is complete
  public TxHostTransactionManager(TransactionHost<?> host, DataSource... others) {
    this.host = HostSide.of(host, others);
    setNestedTransactionAllowed(true);
    this.host.attach(this::opened);
  }

  /** The host's pool. */
  @Override
  public Object getResourceFactory() {
    return host.pool();
  }

  // ---- the host begins, and Spring is told

  private @Nullable Crossing opened(BridgedBoundary boundary) {
    return switch (boundary.kind()) {
      case BEGUN -> along(boundary, TransactionDefinition.PROPAGATION_REQUIRES_NEW);
      case NESTED ->
          host.bound() == null || !isNestedTransactionAllowed()
              ? null
              : along(boundary, TransactionDefinition.PROPAGATION_NESTED);
      case WITHOUT ->
          host.bound() == null
              ? null
              : along(boundary, TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
      case TASK -> TaskCrossing.open(host, boundary);
      case OTHER -> null;
    };
  }

  private Crossing along(BridgedBoundary boundary, int propagation) {
    Opening opened = new Opening(boundary, propagation);
    opening.set(opened);
    try {
      return new Adopted(this, (DefaultTransactionStatus) getTransaction(opened), opened);
    } catch (Throwable failure) {
      opened.giveUp();
      throw failure;
    } finally {
      opening.remove();
    }
  }

  // ---- what Spring asks of a manager

  @Override
  protected Object doGetTransaction() {
    Opening opened = opening.get();
    opening.remove(); // what Spring calls on the way may open others
    return new HostTransaction(this, host, opened);
  }

  @Override
  protected boolean isExistingTransaction(Object transaction) {
    return ((HostTransaction) transaction).isExisting();
  }

  @Override
  protected void doBegin(Object transaction, TransactionDefinition definition) {
    ((HostTransaction) transaction).begin(definition, determineTimeout(definition));
  }

  @Override
  protected void prepareSynchronization(
      DefaultTransactionStatus status, TransactionDefinition definition) {
    super.prepareSynchronization(status, definition);
    if (status.isNewTransaction()) {
      of(status).isOf(status);
    }
  }

  @Override
  protected Object doSuspend(Object transaction) {
    return ((HostTransaction) transaction).setAside();
  }

  @Override
  protected void doResume(@Nullable Object transaction, Object suspended) {
    ((Suspended) suspended).resume();
  }

  /** A mark is looked at in {@link #prepareForCommit}, where it is known what has set it. */
  @Override
  protected boolean shouldCommitOnGlobalRollbackOnly() {
    return true;
  }

  @Override
  protected void prepareForCommit(DefaultTransactionStatus status) {
    if (!status.hasTransaction()) {
      return;
    }
    HostTransaction transaction = of(status);
    transaction.releaseSavepoints(status);
    if (status.isNewTransaction()) {
      RuntimeException left = transaction.abandonInside();
      if (left != null) {
        throw left;
      }
      if (!transaction.isRollbackOnly()) {
        transaction.runBeforeCommit();
      }
      TaskSynchronizations.takeOver(transaction.transaction(), status);
    }
    if ((status.isNewTransaction() || status.hasSavepoint()) && transaction.isRollbackOnly()) {
      triggerBeforeCompletion(status);
      getTransactionExecutionListeners().forEach(listener -> listener.beforeRollback(status));
      throw transaction.rolledBack(status);
    }
  }

  @Override
  protected void doCommit(DefaultTransactionStatus status) {
    of(status).commit();
  }

  @Override
  protected void doRollback(DefaultTransactionStatus status) {
    HostTransaction transaction = of(status);
    TaskSynchronizations.takeOver(transaction.transaction(), status);
    transaction.rollback();
  }

  @Override
  protected void doSetRollbackOnly(DefaultTransactionStatus status) {
    of(status).mark(status.getTransactionName());
  }

  @Override
  protected void doCleanupAfterCompletion(Object transaction) {
    ((HostTransaction) transaction).cleanUp();
  }

  private static HostTransaction of(DefaultTransactionStatus status) {
    return (HostTransaction) status.getTransaction();
  }

  @Override
  public String toString() {
    return "Spring's transaction manager on " + host;
  }
}
