package io.txhost;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds a method on the calling stack whose {@link Transactional} took no effect. Where no
 * transaction is active, each method whose annotation would have begun or required one is such a
 * method. Looked for only when something is refused.
 */
final class Ineffective {
  private static final StackWalker STACK = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
  private static final int DEEPEST = 1_000;
  private static final Set<Propagation> WITH_TRANSACTION =
      EnumSet.of(
          Propagation.REQUIRED,
          Propagation.REQUIRES_NEW,
          Propagation.NESTED,
          Propagation.MANDATORY);

  private Ineffective() {}

  /**
   * The innermost such method, as "Orders.place(..)", or null.
   *
   * @param mayBeDefault whether an annotation that names no host may mean this one
   */
  static @Nullable String methodHere(String host, boolean mayBeDefault) {
    return STACK.walk(
        frames ->
            frames
                .limit(DEEPEST)
                .filter(frame -> isAnnotated(frame, host, mayBeDefault))
                .findFirst()
                .map(Ineffective::label)
                .orElse(null));
  }

  private static boolean isAnnotated(StackFrame frame, String host, boolean mayBeDefault) {
    Class<?> type = frame.getDeclaringClass();
    if (type.getClassLoader() == null) { // the JDK's
      return false;
    }
    Method method = method(frame);
    if (method == null || Modifier.isStatic(method.getModifiers()) || method.isSynthetic()) {
      return false;
    }
    Transactional own = on(method);
    Transactional counts = own != null || !isCovered(method) ? own : on(type);
    return counts != null
        && WITH_TRANSACTION.contains(counts.propagation())
        && (counts.host().isEmpty() ? mayBeDefault : counts.host().equals(host));
  }

  /** By an annotation on its class: a proxy leaves private methods out. */
  private static boolean isCovered(Method method) {
    return !Modifier.isPrivate(method.getModifiers());
  }

  private static @Nullable Method method(StackFrame frame) {
    try {
      return frame
          .getDeclaringClass()
          .getDeclaredMethod(frame.getMethodName(), frame.getMethodType().parameterArray());
    } catch (NoSuchMethodException | LinkageError e) {
      return null; // a constructor, or one whose types are not there: it has no say
    }
  }

  /** Directly, or on an annotation that is there. */
  private static @Nullable Transactional on(AnnotatedElement element) {
    Transactional direct = element.getAnnotation(Transactional.class);
    if (direct != null) {
      return direct;
    }
    for (Annotation each : element.getAnnotations()) {
      Transactional meta = each.annotationType().getAnnotation(Transactional.class);
      if (meta != null) {
        return meta;
      }
    }
    return null;
  }

  private static String label(StackFrame frame) {
    return frame.getDeclaringClass().getSimpleName() + "." + frame.getMethodName() + "(..)";
  }
}
