package io.txhost.tck;

import org.jspecify.annotations.Nullable;

/**
 * An adapter for a library that has transaction calls of its own, such as {@code
 * handle.inTransaction}. Given to a {@link LibraryTransactionContract}.
 *
 * @param <T> the adapter's resource
 * @implSpec Implemented by authors of adapters: a new method comes with a default.
 */
public interface LibraryUnderTest<T> extends AdapterUnderTest<T> {

  /**
   * Runs the work in the library's own transaction call on the resource. What the work throws
   * arrives as the library passes it on.
   *
   * @param <R> the result
   */
  <R extends @Nullable Object> R inLibraryTransaction(T resource, LibraryWork<T, R> work)
      throws Exception;

  /**
   * What runs inside.
   *
   * @param <T> the resource
   * @param <R> the result
   */
  @FunctionalInterface
  interface LibraryWork<T, R extends @Nullable Object> {
    /** Runs it with the resource that the library hands in. */
    R run(T resource) throws Exception;
  }
}
