package io.txhost.spring;

import io.txhost.context.Context;
import io.txhost.context.ContextCallable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.util.ClassUtils;

/** The context's id in the log's MDC, where SLF4J is on the class path. */
final class LoggedId {
  static final String KEY = "requestId";

  private static final boolean HAS_MDC =
      ClassUtils.isPresent("org.slf4j.MDC", LoggedId.class.getClassLoader());

  private LoggedId() {}

  /** Runs the work with the id in the log; what was there before is again, whatever it throws. */
  static <R extends @Nullable Object, X extends Throwable> R of(
      Context context, ContextCallable<? extends R, X> work) throws X {
    return HAS_MDC ? InMdc.<R, X>of(context, work) : work.call();
  }

  /** Apart, so that nothing of SLF4J is looked for where it is not there. */
  private static final class InMdc {
    static <R extends @Nullable Object, X extends Throwable> R of(
        Context context, ContextCallable<? extends R, X> work) throws X {
      String before = MDC.get(KEY);
      MDC.put(KEY, context.id());
      try {
        return work.call();
      } finally {
        restore(before);
      }
    }

    private static void restore(@Nullable String before) {
      if (before == null) {
        MDC.remove(KEY);
      } else {
        MDC.put(KEY, before);
      }
    }
  }
}
