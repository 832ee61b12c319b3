package io.txhost.context;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The key of a value in a {@link Context}. A key is itself only: two keys of one name are two keys.
 * Keep it in a constant.
 *
 * @param <V> the value's type
 */
public final class ContextKey<V> {
  private final String name;
  private final @Nullable Class<V> type;
  private final boolean inherited;

  private ContextKey(String name, @Nullable Class<V> type, boolean inherited) {
    this.name = Objects.requireNonNull(name, "name");
    this.type = type;
    this.inherited = inherited;
  }

  /** A key whose values are checked to be of {@code type} when they are set. */
  public static <V> ContextKey<V> of(String name, Class<V> type) {
    return new ContextKey<>(name, Objects.requireNonNull(type, "type"), true);
  }

  /**
   * A key for values of a generic type, such as a {@code List<String>}, which no class can check.
   */
  public static <V> ContextKey<V> named(String name) {
    return new ContextKey<>(name, null, true);
  }

  /**
   * Another key, of the same name and type, whose values stay where they were set: a context that
   * {@linkplain ContextMode#INHERIT inherits} begins without. For what {@linkplain Context#onEnd
   * ends with its context}, which a copy must not go on using.
   */
  public ContextKey<V> notInherited() {
    return new ContextKey<>(name, type, false);
  }

  /** The name for people. */
  public String name() {
    return name;
  }

  boolean isInherited() {
    return inherited;
  }

  V checked(V value) {
    Objects.requireNonNull(value, () -> "null is not a value for " + this + "; use remove");
    if (type != null && !boxed(type).isInstance(value)) {
      throw new IllegalArgumentException(
          "TXH-303 " + this + " takes " + type.getName() + ", not " + value.getClass().getName());
    }
    return value;
  }

  // int.class is a Class<Integer>, whose isInstance is always false
  private static Class<?> boxed(Class<?> type) {
    return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
  }

  @Override
  public String toString() {
    return "key '" + name + "'";
  }
}
