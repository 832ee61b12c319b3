package io.txhost.spring;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Types of libraries that need not be there, by their names. */
final class NamedTypes {
  private NamedTypes() {}

  /** Whether the type is, extends or implements one of them. */
  static boolean isAny(@Nullable Class<?> type, Set<String> names) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (names.contains(c.getName())) {
        return true;
      }
    }
    return type != null
        && NearestAnnotation.interfacesOf(type).stream().anyMatch(i -> names.contains(i.getName()));
  }
}
