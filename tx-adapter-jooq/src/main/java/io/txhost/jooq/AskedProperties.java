package io.txhost.jooq;

import io.txhost.Isolation;
import io.txhost.TransactionOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Set;
import org.jooq.TransactionContext;
import org.jooq.TransactionProvider;
import org.jspecify.annotations.Nullable;

/**
 * What jOOQ 3.21 and later let a transaction ask for: its isolation, and read-only. Read by
 * reflection, since this is compiled against a jOOQ that has none of it and asks for nothing.
 */
record AskedProperties(Set<?> properties) {
  private static final @Nullable Method OF_CONTEXT = properties(TransactionContext.class);
  private static final @Nullable Method OF_PROVIDER = properties(TransactionProvider.class);

  static AskedProperties of(TransactionContext context) {
    return new AskedProperties(call(OF_CONTEXT, context));
  }

  static AskedProperties of(TransactionProvider provider) {
    return new AskedProperties(call(OF_PROVIDER, provider));
  }

  boolean isEmpty() {
    return properties.isEmpty();
  }

  TransactionOptions addedTo(TransactionOptions options) {
    TransactionOptions asked = options;
    for (Object property : properties) {
      asked = added(property, asked);
    }
    return asked;
  }

  private static TransactionOptions added(Object property, TransactionOptions options) {
    if (property instanceof Enum<?> constant) {
      switch (constant.getDeclaringClass().getName()) {
        case "org.jooq.Isolation" -> {
          return options.isolation(Isolation.valueOf(constant.name()));
        }
        case "org.jooq.Readonly" -> {
          return options.readOnly(true);
        }
        default -> {
          // of somebody else
        }
      }
    }
    throw Refusals.unknownProperty(property);
  }

  private static @Nullable Method properties(Class<?> type) {
    try {
      return type.getMethod("properties");
    } catch (NoSuchMethodException olderJooq) {
      return null;
    }
  }

  private static Set<?> call(@Nullable Method properties, Object on) {
    if (properties == null) {
      return Set.of();
    }
    try {
      return (Set<?>) properties.invoke(on);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(properties + " is public and could not be called", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(properties + " threw", e.getTargetException());
    }
  }
}
