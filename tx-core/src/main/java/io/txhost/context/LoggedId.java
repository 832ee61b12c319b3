package io.txhost.context;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A context's id in the log's MDC, under {@value #KEY}, where SLF4J is there; nothing where it is
 * not. For entry points, which open contexts. By reflection: the core needs nothing but the JDK.
 *
 * <p><b>Threads:</b> what is set is the calling thread's.
 */
public final class LoggedId {
  /** Under which the log has it. */
  public static final String KEY = "requestId";

  private static final @Nullable MethodHandle GET = method("get", String.class, String.class);
  private static final @Nullable MethodHandle PUT =
      method("put", void.class, String.class, String.class);
  private static final @Nullable MethodHandle REMOVE = method("remove", void.class, String.class);

  private LoggedId() {}

  private static @Nullable MethodHandle method(
      String name, Class<?> result, Class<?>... parameters) {
    try {
      Class<?> mdc = Class.forName("org.slf4j.MDC", true, LoggedId.class.getClassLoader());
      return MethodHandles.publicLookup()
          .findStatic(mdc, name, MethodType.methodType(result, parameters));
    } catch (ReflectiveOperationException | LinkageError absent) {
      return null; // no SLF4J, or one without a place for it
    }
  }

  /**
   * Runs the work with the id in the log; what was there before is again, whatever the work throws.
   *
   * @param context whose id it is
   * @param work what runs meanwhile
   * @param <R> the result's type
   * @param <X> what the work may throw
   * @return what the work returned
   * @throws X what the work throws, unchanged
   */
  public static <R extends @Nullable Object, X extends Throwable> R of(
      Context context, ContextCallable<? extends R, X> work) throws X {
    MethodHandle get = GET;
    MethodHandle put = PUT;
    MethodHandle remove = REMOVE;
    if (get == null || put == null || remove == null) {
      return work.call();
    }
    Object before = called(() -> get.invoke(KEY));
    called(() -> put.invoke(KEY, context.id()));
    try {
      return work.call();
    } finally {
      called(() -> before == null ? remove.invoke(KEY) : put.invoke(KEY, (String) before));
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
