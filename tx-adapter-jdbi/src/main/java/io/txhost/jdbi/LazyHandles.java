package io.txhost.jdbi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.extension.ExtensionContext;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jdbi.v3.core.internal.MemoizingSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of {@code jdbi.withExtension} and {@code onDemand}. Jdbi opens and ends them itself,
 * around a supplier that would open a handle of the Jdbi's own when an extension first asks for
 * one: it is told to make one of ours. What closes it, and when, stays Jdbi's.
 */
final class LazyHandles {
  private final Class<?> lazy;
  private final MethodHandle holder;
  private final MethodHandle context;
  private final MethodHandle accept;
  private final MethodHandle delegate;
  private final MethodHandle initialized;

  private LazyHandles(Class<?> lazy, Lookup handle, Lookup supplier, Lookup memo)
      throws ReflectiveOperationException {
    this.lazy = lazy;
    holder =
        supplier
            .findGetter(lazy, "handleHolder", MemoizingSupplier.class)
            .asType(MethodType.methodType(MemoizingSupplier.class, HandleSupplier.class));
    context =
        handle
            .findVirtual(
                lazy, "currentExtensionContext", MethodType.methodType(ExtensionContext.class))
            .asType(MethodType.methodType(ExtensionContext.class, HandleSupplier.class));
    accept =
        handle.findVirtual(
            Handle.class,
            "acceptExtensionContext",
            MethodType.methodType(Handle.class, ExtensionContext.class));
    delegate = memo.findSetter(MemoizingSupplier.class, "delegate", Supplier.class);
    initialized = memo.findSetter(MemoizingSupplier.class, "initialized", boolean.class);
  }

  /** Finds the inside of Jdbi that it needs. */
  static LazyHandles find(Lookup handle) throws ReflectiveOperationException {
    Lookup own = MethodHandles.lookup();
    Class<?> lazy = handle.findClass("org.jdbi.v3.core.LazyHandleSupplier");
    return new LazyHandles(
        lazy,
        handle,
        MethodHandles.privateLookupIn(lazy, own),
        MethodHandles.privateLookupIn(MemoizingSupplier.class, own));
  }

  /** Tells a supplier what to open; one that is not lazy has a handle, and is left alone. */
  void openWith(HandleSupplier supplier, Supplier<Handle> open) {
    if (lazy.isInstance(supplier)) {
      try {
        MemoizingSupplier<?> memo =
            (MemoizingSupplier<?>) (MemoizingSupplier) holder.invokeExact(supplier);
        delegate.invoke(memo, (Supplier<?>) new Opening(supplier, memo, open));
      } catch (Throwable failure) {
        throw JdbiInside.unchecked(failure);
      }
    }
  }

  /** Makes the handle when it is first asked for. Safe for use by many threads, as Jdbi's own. */
  private final class Opening implements Supplier<Handle> {
    private final HandleSupplier supplier;
    private final MemoizingSupplier<?> memo;
    private final Supplier<Handle> open;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Handle made;

    Opening(HandleSupplier supplier, MemoizingSupplier<?> memo, Supplier<Handle> open) {
      this.supplier = supplier;
      this.memo = memo;
      this.open = open;
    }

    @Override
    public Handle get() {
      lock.lock();
      try {
        Handle current = made;
        if (current == null) {
          current = inContext(open.get());
          made = current;
        }
        return current;
      } finally {
        lock.unlock();
      }
    }

    private Handle inContext(Handle handle) {
      try {
        accept.invoke(handle, context.invoke(supplier));
        initialized.invoke(memo, true);
        return handle;
      } catch (Throwable failure) {
        throw JdbiInside.unchecked(failure);
      }
    }
  }
}
