package io.txhost;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a thread has in SLF4J's MDC, for the threads of its tasks; nothing where there is no SLF4J.
 * By reflection: the core needs nothing but the JDK.
 */
final class LoggedValues {
  private static final @Nullable MethodHandle GET =
      method("getCopyOfContextMap", MethodType.methodType(Map.class));
  private static final @Nullable MethodHandle SET =
      method("setContextMap", MethodType.methodType(void.class, Map.class));

  private final @Nullable Map<?, ?> values;

  private LoggedValues(@Nullable Map<?, ?> values) {
    this.values = values;
  }

  private static @Nullable MethodHandle method(String name, MethodType type) {
    try {
      Class<?> mdc = Class.forName("org.slf4j.MDC", true, LoggedValues.class.getClassLoader());
      return MethodHandles.publicLookup().findStatic(mdc, name, type);
    } catch (ReflectiveOperationException | LinkageError absent) {
      return null; // no SLF4J, or one without a place for them
    }
  }

  static LoggedValues ofThisThread() {
    return new LoggedValues(GET == null ? null : (Map<?, ?>) called(GET::invoke));
  }

  /** For a thread that ends with its task, so nothing is put back. */
  void setOnThisThread() {
    MethodHandle set = SET;
    if (set != null && values != null && !values.isEmpty()) {
      called(
          () -> {
            set.invoke(values);
            return null;
          });
    }
  }

  private interface Call {
    @Nullable Object call() throws Throwable;
  }

  private static @Nullable Object called(Call call) {
    try {
      return call.call();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable undeclared) {
      throw new IllegalStateException(undeclared);
    }
  }
}
