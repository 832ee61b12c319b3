package io.txhost.spi;

import io.txhost.Isolation;
import io.txhost.Transaction;
import io.txhost.TransactionCommitException;
import io.txhost.TransactionOptions;
import org.jspecify.annotations.Nullable;

/** An adapter whose resource is shown through a {@link ResourceView}. Forwards everything else. */
final class ViewAdapter<S, V> implements TransactionAdapter<V> {
  private static final System.Logger LOG = System.getLogger("io.txhost");

  private final TransactionAdapter<S> base;
  private final ResourceView<? super S, V> view;

  ViewAdapter(TransactionAdapter<S> base, ResourceView<? super S, V> view) {
    this.base = base;
    this.view = view;
  }

  @Override
  public V fallback() {
    return view.outside(base.fallback());
  }

  @Override
  public AdapterTransaction<V> begin(TransactionOptions options, TransactionSignals signals) {
    return new Viewed(base.begin(options, signals));
  }

  @Override
  public FailureKind classify(Throwable failure) {
    return base.classify(failure);
  }

  @Override
  public Isolation effective(Isolation asked) {
    return base.effective(asked);
  }

  @Override
  public String toString() {
    return view + " over " + base;
  }

  private final class Viewed implements AdapterTransaction<V> {
    private final AdapterTransaction<S> transaction;
    private final Thread owner = Thread.currentThread();
    private @Nullable V made;

    Viewed(AdapterTransaction<S> transaction) {
      this.transaction = transaction;
    }

    @Override
    public V resource() {
      V result = view.inside(transaction.resource());
      if (owner == Thread.currentThread()) {
        made = result;
      }
      return result;
    }

    @Override
    public void commit() {
      Transaction.Outcome outcome = Transaction.Outcome.UNKNOWN;
      try {
        transaction.commit();
        outcome = Transaction.Outcome.COMMITTED;
      } catch (TransactionCommitException e) {
        outcome = e.outcome();
        throw e;
      } finally {
        completed(outcome);
      }
    }

    @Override
    public void rollback() {
      try {
        transaction.rollback();
      } finally {
        completed(Transaction.Outcome.ROLLED_BACK);
      }
    }

    private void completed(Transaction.Outcome outcome) {
      V ended = made;
      made = null;
      if (ended != null) {
        try {
          view.completed(ended, outcome);
        } catch (Throwable failure) {
          // the database has answered: what is closed after that cannot change the outcome
          LOG.log(
              System.Logger.Level.ERROR,
              "TXH-404 What " + view + " made failed to close; the outcome " + outcome + " stands",
              failure);
        }
      }
    }

    @Override
    public void abort(Throwable because) {
      try {
        transaction.abort(because);
      } finally {
        completed(Transaction.Outcome.ROLLED_BACK);
      }
    }

    @Override
    public boolean isSharable() {
      return transaction.isSharable();
    }

    @Override
    public Object createSavepoint() {
      return transaction.createSavepoint();
    }

    @Override
    public void rollbackTo(Object savepoint) {
      transaction.rollbackTo(savepoint);
    }

    @Override
    public void release(Object savepoint) {
      transaction.release(savepoint);
    }

    @Override
    public String toString() {
      return transaction.toString();
    }
  }
}
