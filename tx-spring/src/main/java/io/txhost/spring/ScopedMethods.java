package io.txhost.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * The methods of a scoped bean's class that its class proxy does not hand on: they would run on the
 * proxy itself, of which there is one for all contexts.
 */
final class ScopedMethods {
  private static final String WHY =
      ", so no proxy can override it and it would run on the proxy, with fields that all contexts"
          + " share; make it ";

  private ScopedMethods() {}

  /** What is refused, one sentence each. */
  static List<String> findings(String bean, Class<?> type) {
    List<String> findings = new ArrayList<>();
    for (Class<?> c = type; c != null && !DeclaredMethods.isFrameworks(c); c = c.getSuperclass()) {
      for (Method method : DeclaredMethods.of(c)) {
        if (isForOthers(method)) {
          addFinding(findings, bean, method, type);
        }
      }
    }
    return findings;
  }

  private static boolean isForOthers(Method method) {
    return !method.isSynthetic()
        && (method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC)) == 0;
  }

  private static void addFinding(List<String> findings, String bean, Method method, Class<?> type) {
    String found = " bean '" + bean + "': method " + Wording.method(method);
    if (Modifier.isFinal(method.getModifiers())) {
      findings.add(
          "TXH-603"
              + found
              + " is final"
              + WHY
              + "non-final, or let the proxy be by interface: @ContextScope(proxyMode ="
              + " ScopedProxyMode.INTERFACES).");
    } else if (DeclaredMethods.isHiddenByPackage(method, type)) {
      findings.add(
          "TXH-604"
              + found
              + " is package-private in another package or class loader"
              + WHY
              + "protected or public.");
    }
  }
}
