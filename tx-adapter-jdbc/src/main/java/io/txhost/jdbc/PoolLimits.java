package io.txhost.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many connections a pool has, and how long it lets one wait. Asked anew each time, since both
 * can be changed while it runs.
 */
abstract class PoolLimits {
  /** The size of what is not known to have one. */
  static final int UNKNOWN = Integer.MAX_VALUE;

  private final String name;

  PoolLimits(String name) {
    this.name = name;
  }

  /** More than 0; {@link #UNKNOWN} if it is not known, or without limit. */
  abstract int size();

  /** Null if it is not known. */
  abstract @Nullable Duration patience();

  /** Those of what nothing is known of. */
  static PoolLimits unknown(String name) {
    return of(name, UNKNOWN);
  }

  /** A size that was told. */
  static PoolLimits of(String name, int size) {
    return new PoolLimits(name) {
      @Override
      int size() {
        return size;
      }

      @Override
      @Nullable Duration patience() {
        return null;
      }
    };
  }

  /**
   * Those that an object has, by its methods.
   *
   * @throws ReflectiveOperationException if it has no such methods
   */
  static PoolLimits asked(String name, Object on, String size, String patience)
      throws ReflectiveOperationException {
    MethodHandle sizeOf = handle(on, size).asType(MethodType.methodType(int.class, Object.class));
    MethodHandle patienceOf =
        handle(on, patience).asType(MethodType.methodType(Object.class, Object.class));
    return new Asked(name, on, sizeOf, patienceOf);
  }

  private static MethodHandle handle(Object on, String method) throws ReflectiveOperationException {
    return MethodHandles.publicLookup().unreflect(publicMethod(on.getClass(), method));
  }

  /** A pool's class may be its own business, and an interface of it everybody's. */
  static java.lang.reflect.Method publicMethod(Class<?> type, String name)
      throws NoSuchMethodException {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      java.lang.reflect.Method found = declared(each, name);
      for (Class<?> face : found == null ? each.getInterfaces() : new Class<?>[0]) {
        found = found == null ? declared(face, name) : found;
      }
      if (found != null) {
        return found;
      }
    }
    throw new NoSuchMethodException(type + "." + name + "()");
  }

  private static java.lang.reflect.@Nullable Method declared(Class<?> type, String name) {
    try {
      boolean isOpen =
          java.lang.reflect.Modifier.isPublic(type.getModifiers())
              && type.getModule().isExported(type.getPackageName());
      return isOpen ? type.getMethod(name) : null;
    } catch (NoSuchMethodException absent) {
      return null;
    }
  }

  @Override
  public final String toString() {
    return name;
  }

  /** By handles, which box nothing. */
  private static final class Asked extends PoolLimits {
    private final Object on;
    private final MethodHandle size;
    private final MethodHandle patience;

    Asked(String name, Object on, MethodHandle size, MethodHandle patience) {
      super(name);
      this.on = on;
      this.size = size;
      this.patience = patience;
    }

    @Override
    int size() {
      try {
        int most = (int) size.invokeExact(on);
        return most > 0 ? most : UNKNOWN;
      } catch (Error e) {
        throw e;
      } catch (Throwable e) { // it cannot be asked: no wrong figure
        return UNKNOWN;
      }
    }

    /** In milliseconds or as a duration; not more than 0 for no limit. */
    @Override
    @Nullable Duration patience() {
      try {
        Object found = patience.invokeExact(on);
        Duration most =
            found instanceof Number millis
                ? Duration.ofMillis(millis.longValue())
                : (Duration) found;
        return most.isNegative() || most.isZero() ? Duration.ofDays(365) : most;
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        return null;
      }
    }
  }
}
