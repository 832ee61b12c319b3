package io.txhost.tck;

/**
 * What every adapter promises, on a real database: part A of the conformance list. The adapter is
 * handed in as an {@link AdapterUnderTest}; an adapter's test extends this once for each database,
 * and adds only its own quirks.
 *
 * <pre>{@code
 * class MyAdapterOnH2Test extends AdapterContract<Session> {
 *   MyAdapterOnH2Test() {
 *     super(new MyAdapterUnderTest());
 *   }
 *
 *   @Override
 *   protected Database openDatabase() {
 *     return Database.h2();
 *   }
 * }
 * }</pre>
 *
 * <p>Run it on every database the adapter is for, and with pools that hand out connections with
 * auto-commit on and off. A library that has transaction calls of its own extends {@link
 * LibraryTransactionContract}.
 *
 * <p>The tests look at what the adapter does to the {@code DataSource} it is given: one of a
 * connection pool, under a {@code RecordingDataSource}. What a kind of database cannot show is
 * skipped and says why.
 *
 * @param <T> the adapter's resource
 */
public abstract class AdapterContract<T> extends ContractFixture<T>
    implements BoundaryContract<T>,
        OutsideContract<T>,
        SetAsideContract<T>,
        NestedContract<T>,
        RefusedCallsContract<T>,
        ViewsContract<T>,
        FailedEndContract<T>,
        HooksContract<T>,
        LostContract<T>,
        IsolationContract<T>,
        RestoreContract<T>,
        DeadlineContract<T>,
        ChildrenContract<T> {

  /** For subclasses, each of which is for one database. */
  protected AdapterContract(AdapterUnderTest<T> underTest) {
    super(underTest);
  }
}
