package io.txhost.jdbi;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * The results of an {@code @SqlBatch}, read while its transaction is there: Jdbi reads the
 * generated keys of a chunk after the transaction in which it ran the chunk.
 */
final class ReadResults<T extends @Nullable Object> implements ResultIterator<T> {
  private final Iterator<T> results;
  private final StatementContext context;

  private ReadResults(Iterator<T> results, StatementContext context) {
    this.results = results;
    this.context = context;
  }

  /** Reads what is an iterator of results; anything else is what it is. */
  @SuppressWarnings("unchecked") // an iterator for another; only Jdbi's own batch asks
  static <R extends @Nullable Object> R read(R result) {
    return result instanceof ResultIterator<?> open ? (R) all(open) : result;
  }

  private static <T> ResultIterator<T> all(ResultIterator<T> open) {
    List<T> read = new ArrayList<>();
    try (open) {
      open.forEachRemaining(read::add);
      return new ReadResults<>(read.iterator(), open.getContext());
    }
  }

  @Override
  public boolean hasNext() {
    return results.hasNext();
  }

  @Override
  public T next() {
    return results.next();
  }

  @Override
  public StatementContext getContext() {
    return context;
  }

  @Override
  public void close() {
    // read to the end, and closed then
  }
}
