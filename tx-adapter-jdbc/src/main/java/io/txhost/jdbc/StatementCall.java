package io.txhost.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLXML;
import java.sql.Struct;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call of a statement outside, to be made again where that is made anew.
 *
 * @param arguments as they were then
 */
record StatementCall(Method method, List<@Nullable Object> arguments) {
  /** What belongs to one connection, or can be read once. */
  private static final List<Class<?>> BOUND =
      List.of(
          InputStream.class,
          Reader.class,
          Blob.class,
          Clob.class,
          Array.class,
          SQLXML.class,
          Struct.class,
          Ref.class,
          RowId.class);

  static StatementCall of(Method method, Object @Nullable [] arguments) {
    if (arguments == null) {
      return new StatementCall(method, List.of());
    }
    @Nullable Object[] now = arguments.clone();
    for (int i = 0; i < now.length; i++) {
      now[i] = asItIsNow(now[i]);
    }
    return new StatementCall(method, Arrays.asList(now));
  }

  /** The caller may go on to change it; a driver copies it for that. */
  @SuppressWarnings("JavaUtilDate") // JDBC's own types are of it
  private static @Nullable Object asItIsNow(@Nullable Object argument) {
    if (argument instanceof Date date) {
      return date.clone();
    }
    if (argument instanceof Calendar calendar) {
      return calendar.clone();
    }
    return argument != null && argument.getClass().isArray() ? copy(argument) : argument;
  }

  private static Object copy(Object array) {
    int length = java.lang.reflect.Array.getLength(array);
    Object copy = java.lang.reflect.Array.newInstance(array.getClass().getComponentType(), length);
    System.arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  @Nullable Object on(GuardedStatement statement) throws Throwable {
    try {
      return method.invoke(statement, arguments.toArray());
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  /** The parameters are known by their index or name, whatever their type. */
  boolean isOfParameter() {
    return arguments.size() > 1;
  }

  /** What a later call of it would replace. */
  Object key() {
    String name = method.getName();
    if (!isOfParameter()) {
      return name;
    }
    Object parameter = Objects.requireNonNull(arguments.get(0), "parameter");
    return name.equals("registerOutParameter") ? "out " + parameter : parameter;
  }

  boolean isBound() {
    return arguments.stream()
        .anyMatch(argument -> BOUND.stream().anyMatch(kind -> kind.isInstance(argument)));
  }
}
