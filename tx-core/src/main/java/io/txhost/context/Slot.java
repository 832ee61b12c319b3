package io.txhost.context;

import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The value of one key in one context. A lock for each key, not ConcurrentHashMap's own: a supplier
 * may set other keys, and may block.
 */
final class Slot extends ReentrantLock {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a lock that nobody serializes
  volatile @Nullable Object value;

  void set(@Nullable Object newValue) {
    lock();
    try {
      value = newValue;
    } finally {
      unlock();
    }
  }

  Object computeIfAbsent(ContextKey<?> key, Supplier<?> supplier) {
    Object present = value;
    return present != null ? present : compute(key, supplier);
  }

  private Object compute(ContextKey<?> key, Supplier<?> supplier) {
    if (isHeldByCurrentThread()) { // else two values, the second in the place of the first
      throw new IllegalStateException(
          "TXH-307 The supplier of the value of "
              + key
              + " asks for that value itself. Let the supplier make the value without asking for"
              + " it, or set the value before.");
    }
    lock();
    try {
      Object present = value;
      if (present == null) {
        present = Objects.requireNonNull(supplier.get());
        value = present;
      }
      return present;
    } finally {
      unlock();
    }
  }
}
