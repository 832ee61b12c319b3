package io.txhost.tck;

import io.txhost.test.RecordingDataSource;

/**
 * What every adapter promises, on a real database: part A of the conformance list. An adapter's
 * test extends this, says how its library runs a statement, and adds only its own quirks.
 *
 * <pre>{@code
 * class MyAdapterOnH2Test extends AdapterContract<Session> {
 *   @Override protected Database openDatabase() { return Database.h2(); }
 *   @Override protected TransactionAdapter<Session> adapterOver(DataSource dataSource) { return MyAdapter.over(dataSource); }
 *   @Override protected void execute(Session session, String sql) { session.run(sql); }
 *   ...
 * }
 * }</pre>
 *
 * <p>Run it on every database the adapter is for, and with pools that hand out connections with
 * auto-commit on and off. A library that has transaction calls of its own extends {@link
 * LibraryTransactionContract}.
 *
 * <p>The tests look at what the adapter does to the {@code DataSource} it is given: one of a
 * connection pool, under a {@link RecordingDataSource}. What a kind of database cannot show is
 * skipped and says why.
 *
 * @param <T> the adapter's resource
 */
public abstract class AdapterContract<T> extends ChildrenContract<T> {

  /** For subclasses. */
  protected AdapterContract() {}
}
