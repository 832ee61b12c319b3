package io.txhost.jdbi;

import io.txhost.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * {@code handle.afterCommit} and {@code afterRollback} as hooks of the host's transaction: run
 * once, when it has really ended and its connection is back, dropped with a NESTED block that was
 * undone.
 *
 * <p>Jdbi keeps the callbacks in a list of the handle and would run them at {@code
 * handle.commit()}, which never comes here. It asks whether it is in a transaction just before it
 * adds one: then a place is kept, and the list is taken when the first hook runs.
 */
final class HandleCallbacks {
  private final JdbiInside inside;
  private final List<Place> places = new ArrayList<>();

  /** Where one callback will be put. */
  private static final class Place {
    @Nullable Object callback;
  }

  HandleCallbacks(JdbiInside inside) {
    this.inside = inside;
  }

  /** A callback is about to be added to the handle's list. */
  void expect(Handle handle, Transaction transaction) {
    Place place = new Place();
    transaction.afterCommit(() -> inside.afterCommit(at(place, handle)));
    transaction.afterRollback(() -> inside.afterRollback(at(place, handle)));
    places.add(place);
  }

  private Object at(Place place, Handle handle) {
    if (place.callback == null) {
      take(handle);
    }
    Object callback = place.callback;
    if (callback == null) {
      throw new IllegalStateException("Jdbi lost a callback of " + handle);
    }
    return callback;
  }

  private void take(Handle handle) {
    List<?> added = inside.drainCallbacks(handle);
    for (int i = 0; i < added.size(); i++) {
      places.get(i).callback = added.get(i);
    }
    places.subList(0, added.size()).clear();
  }
}
