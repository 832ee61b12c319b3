package io.txhost.spring;

import io.txhost.TransactionHosts;
import io.txhost.TransactionOptions;
import io.txhost.Transactional;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ClassUtils;

/**
 * The transactional methods of one application context, each read once.
 *
 * <p><b>Threads:</b> serves every thread at once; all of them see one {@link TransactionalMethod}
 * per method and class.
 */
final class TransactionalMethods {
  private final ObjectProvider<TransactionHosts> provider;
  private final Known called = new Known(NearestAnnotation.TRANSACTIONAL::of);
  private final Known executed = new Known(NearestAnnotation.TRANSACTIONAL::ofExecution);

  /** Kept: while the context closes, woven methods still run, and nothing may be asked for. */
  private volatile @Nullable TransactionHosts hosts;

  /**
   * The hosts are asked for when first needed: the advice must not create them, and their pools,
   * early.
   */
  TransactionalMethods(ObjectProvider<TransactionHosts> hosts) {
    this.provider = hosts;
  }

  TransactionHosts hosts() {
    TransactionHosts present = hosts;
    if (present == null) {
      present = provider.getObject();
      hosts = present; // one bean, whoever asks first
    }
    return present;
  }

  /**
   * What the annotation of a called method says, or null if it has none.
   *
   * @throws IllegalArgumentException if the annotation names an unknown host or cannot be read;
   *     both are refused at start-up where the class was known then
   */
  @Nullable TransactionalMethod of(Method method, Class<?> targetClass) {
    return called.of(method, targetClass);
  }

  /** As {@link #of}, of a woven method that is executed, by whatever call. */
  @Nullable TransactionalMethod executed(Method method, Class<?> targetClass) {
    return executed.of(method, targetClass);
  }

  /** {@code Class.method}: the user's class, or the interface where the class is generated. */
  static String name(Method method, Class<?> targetClass) {
    Class<?> type =
        Proxy.isProxyClass(targetClass) || ClassUtils.isLambdaClass(targetClass)
            ? method.getDeclaringClass()
            : ClassUtils.getUserClass(targetClass);
    return ClassUtils.getShortName(type) + "." + method.getName();
  }

  /** Which annotation counts for a method. */
  private interface Reading {
    @Nullable Transactional of(Method method, Class<?> targetClass);
  }

  /** What was read, by one way of reading. */
  private final class Known {
    private final Reading reading;

    /** By class, then by method: a key of both would be an object at each call. */
    private final Map<Class<?>, Map<Method, Optional<TransactionalMethod>>> known =
        new ConcurrentHashMap<>();

    Known(Reading reading) {
      this.reading = reading;
    }

    @Nullable TransactionalMethod of(Method method, Class<?> targetClass) {
      Map<Method, Optional<TransactionalMethod>> ofClass = known.get(targetClass);
      Optional<TransactionalMethod> present = ofClass == null ? null : ofClass.get(method);
      return (present == null ? readOnce(method, targetClass) : present).orElse(null);
    }

    private Optional<TransactionalMethod> readOnce(Method method, Class<?> targetClass) {
      // outside of the maps: reading may create the hosts, and that may call advised methods
      Optional<TransactionalMethod> read = Optional.ofNullable(read(method, targetClass));
      Optional<TransactionalMethod> other =
          known
              .computeIfAbsent(targetClass, first -> new ConcurrentHashMap<>())
              .putIfAbsent(method, read);
      return other == null ? read : other;
    }

    private @Nullable TransactionalMethod read(Method method, Class<?> targetClass) {
      Transactional annotation = reading.of(method, targetClass);
      return annotation == null
          ? null
          : TransactionalMethod.of(
              hosts().get(annotation.host()),
              TransactionOptions.of(annotation, name(method, targetClass)));
    }
  }
}
