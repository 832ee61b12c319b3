package io.txhost.tck;

import io.txhost.TransactionHost;
import io.txhost.spi.TransactionAdapter;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * An adapter as the contract uses it: how it is made over a data source, how its library runs a
 * statement, and what it can. Written once for an adapter, and given to the {@link AdapterContract}
 * of each database. A library that has transaction calls of its own implements {@link
 * LibraryUnderTest}.
 *
 * <p><b>Threads:</b> used by many at once, where an adapter's contracts run beside each other.
 *
 * @param <T> the adapter's resource
 * @implSpec Implemented by authors of adapters: a new method comes with a default.
 */
public interface AdapterUnderTest<T> {

  /** The adapter, over the data source. */
  TransactionAdapter<T> adapterOver(DataSource dataSource);

  /** Executes a statement without parameters and a result, and closes what it opened. */
  void execute(T resource, String sql) throws Exception;

  /**
   * Runs a query and gives the first column of its first row as text, null if that is null. Closes
   * what it opened.
   */
  @Nullable String queryForString(T resource, String sql) throws Exception;

  /**
   * Makes the statement ready as far as the library can without executing it, then closes or
   * forgets it.
   */
  void prepare(T resource, String sql) throws Exception;

  /**
   * Uses whatever the resource offers that needs no statement: reads its auto-commit and read-only
   * state, say, and makes a query object that it drops. Called in a transaction that must not take
   * a connection.
   */
  void touch(T resource) throws Exception;

  /** Asks the resource for the database's product name. */
  String productName(T resource) throws Exception;

  /**
   * Makes a statement fail in the library or the driver before anything is sent: by leaving out a
   * parameter, say. The table is {@code item (id integer primary key, label varchar(40))}.
   */
  void failBeforeSending(T resource) throws Exception;

  /**
   * The resource's own calls that would end a transaction behind the host's back, by name: {@code
   * commit}, {@code rollback}, {@code abort} ... Each is refused inside a transaction, which it
   * marks, and outside.
   */
  Map<String, ResourceCall<T>> rawTransactionCalls();

  /**
   * The resource's own calls that would change what is the host's to say, by name: {@code
   * setReadOnly}, isolation, the schema ... Each is refused inside a transaction, and outside.
   *
   * @implSpec there are none
   */
  default Map<String, ResourceCall<T>> changesOfState() {
    return Map.of();
  }

  /**
   * A new host over the data source, and every way to run a statement in its transactions: its
   * typed views, a data source that joins, a library's own entry points.
   *
   * @implSpec the host's {@code tx()} alone
   */
  default List<HostView> viewsOfOneHost(DataSource dataSource) {
    TransactionHost<T> own = TransactionHost.create(adapterOver(dataSource));
    return List.of(new HostView("tx()", own, sql -> execute(own.tx(), sql)));
  }

  /**
   * Whether the adapter's transactions may be shared with structured children. One that may not is
   * tested to say so.
   *
   * @implSpec true
   */
  default boolean sharesWithChildren() {
    return true;
  }

  /**
   * A call on a resource.
   *
   * @param <T> the resource
   */
  @FunctionalInterface
  interface ResourceCall<T> {
    /** Makes it. */
    void on(T resource) throws Exception;
  }

  /** Executes a statement in whatever transaction is active. */
  @FunctionalInterface
  interface StatementRunner {
    /** Executes it. */
    void execute(String sql) throws Exception;
  }

  /**
   * One way to use a host.
   *
   * @param name for people
   * @param host the host as this view sees it, for opening boundaries
   * @param runner runs a statement through the view
   */
  record HostView(String name, TransactionHost<?> host, StatementRunner runner) {}
}
