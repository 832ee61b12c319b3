package io.txhost.jdbc;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The gate of each pool, whatever hosts are over it. A gate that nobody has any more, and so one of
 * a pool that nobody has any more, is forgotten.
 */
final class Gates {
  private static final Map<Key, WeakReference<Gate>> OF = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Object> FORGOTTEN = new ReferenceQueue<>();

  private Gates() {}

  /** The pool's gate, made now if there is none. */
  static Gate of(Object pool, Supplier<PoolLimits> limits) {
    forget();
    Key key = new Key(pool);
    while (true) {
      WeakReference<Gate> kept = OF.get(key);
      Gate gate = kept == null ? null : kept.get();
      if (gate != null) {
        return gate;
      }
      Gate made = new Gate(limits.get());
      WeakReference<Gate> making = new WeakReference<>(made);
      boolean isMine =
          kept == null ? OF.putIfAbsent(key, making) == null : OF.replace(key, kept, making);
      if (isMine) {
        return made;
      }
    }
  }

  /** The pool's gate, with limits that were told: they count from now on. */
  static Gate of(Object pool, PoolLimits told) {
    Gate gate = of(pool, () -> told);
    gate.limitTo(told);
    return gate;
  }

  private static void forget() {
    for (Reference<?> each = FORGOTTEN.poll(); each != null; each = FORGOTTEN.poll()) {
      OF.remove(each);
    }
  }

  /** A pool, by its identity. */
  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object pool) {
      super(pool, FORGOTTEN);
      this.hash = System.identityHashCode(pool);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      if (this == other) {
        return true;
      }
      Object mine = get();
      return mine != null && other instanceof Key key && key.get() == mine;
    }
  }
}
