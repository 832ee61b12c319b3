package io.txhost.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Objects;

/** The methods that a class declares, and what can be told of them without looking for more. */
final class DeclaredMethods {
  private DeclaredMethods() {}

  /** In the order of their names: the JVM keeps none. */
  static Method[] of(Class<?> declaring) {
    Method[] methods = declaring.getDeclaredMethods();
    Arrays.sort(methods, (a, b) -> Wording.method(a).compareTo(Wording.method(b)));
    return methods;
  }

  /**
   * Whether no proxy can override it. A subclass that Spring generates lives in the package and,
   * where it can, in the loader of the bean's class.
   */
  static boolean isHiddenByPackage(Method method, Class<?> type) {
    Class<?> declaring = method.getDeclaringClass();
    int visible = Modifier.PUBLIC | Modifier.PROTECTED;
    return (method.getModifiers() & visible) == 0
        && (!declaring.getPackageName().equals(type.getPackageName())
            || !Objects.equals(declaring.getClassLoader(), type.getClassLoader()));
  }

  static boolean isFrameworks(Class<?> declaring) {
    return declaring.getName().startsWith("org.springframework.")
        || declaring.getName().startsWith("java.");
  }
}
