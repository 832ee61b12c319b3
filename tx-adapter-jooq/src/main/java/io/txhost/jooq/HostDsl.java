package io.txhost.jooq;

import org.jooq.Configuration;
import org.jooq.ContextTransactionalCallable;
import org.jooq.ContextTransactionalRunnable;
import org.jooq.Field;
import org.jooq.Publisher;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TransactionalCallable;
import org.jooq.TransactionalPublishable;
import org.jooq.TransactionalRunnable;
import org.jooq.impl.DefaultDSLContext;
import org.jspecify.annotations.Nullable;

/**
 * jOOQ's own context, save for this: its records belong to the host's Configuration; transactions
 * without a configuration in hand work, since the host knows which one is active; publishers of
 * transactions are refused.
 */
final class HostDsl extends DefaultDSLContext {
  private static final long serialVersionUID = 1L;

  // not a part of what jOOQ would serialize
  private final transient Configuration records;

  HostDsl(Configuration configuration, Configuration records) {
    super(configuration);
    this.records = records;
  }

  @Override
  public <R extends Record> R newRecord(Table<R> table) {
    return ofTheHost(super.newRecord(table));
  }

  @Override
  public <R extends Record> R newRecord(Table<R> table, Object source) {
    return ofTheHost(super.newRecord(table, source));
  }

  /** Those of one field and more come by here. */
  @Override
  public Record newRecord(Field<?>... fields) {
    return ofTheHost(super.newRecord(fields));
  }

  private <R extends Record> R ofTheHost(R made) {
    attach(made, records);
    return made;
  }

  /** Unless the settings leave records unattached. */
  static void attach(@Nullable Record record, Configuration configuration) {
    if (record != null && record.configuration() != null) {
      record.attach(configuration);
    }
  }

  /** Also with listeners that were set after the host was built. */
  @Override
  public <T> T transactionResult(TransactionalCallable<T> work) {
    if (GuardedListeners.unguarded(configuration()) == null) {
      return super.transactionResult(work);
    }
    Configuration guarded =
        configuration()
            .derive(GuardedListeners.around(configuration().transactionListenerProviders()));
    return new DefaultDSLContext(guarded).transactionResult(work);
  }

  /** jOOQ 3.21 does not go by the method above. */
  @Override
  public void transaction(TransactionalRunnable work) {
    transactionResult(
        configuration -> {
          work.run(configuration);
          return null;
        });
  }

  @Override
  public <T> T transactionResult(ContextTransactionalCallable<T> work) {
    return transactionResult(configuration -> work.run());
  }

  @Override
  public void transaction(ContextTransactionalRunnable work) {
    transaction(configuration -> work.run());
  }

  /** It would be subscribed to later, by whatever thread. */
  @Override
  public <T> Publisher<T> transactionPublisher(TransactionalPublishable<T> work) {
    throw Refusals.publisher();
  }
}
