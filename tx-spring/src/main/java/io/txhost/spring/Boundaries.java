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
 * The boundaries of one application context, each read once.
 *
 * <p><b>Threads:</b> serves every thread at once; all of them see one {@link Boundary} per method
 * and class.
 */
final class Boundaries {
  private final ObjectProvider<TransactionHosts> hosts;

  /** By class, then by method: a key of both would be an object at each call. */
  private final Map<Class<?>, Map<Method, Optional<Boundary>>> known = new ConcurrentHashMap<>();

  /**
   * The hosts are asked for when first needed: the advice must not create them, and their pools,
   * early.
   */
  Boundaries(ObjectProvider<TransactionHosts> hosts) {
    this.hosts = hosts;
  }

  TransactionHosts hosts() {
    return hosts.getObject();
  }

  /**
   * The method's boundary, or null if it has none.
   *
   * @throws IllegalArgumentException if the annotation names an unknown host or cannot be read;
   *     both are refused at start-up where the class was known then
   */
  @Nullable Boundary of(Method method, Class<?> targetClass) {
    Map<Method, Optional<Boundary>> ofClass = known.get(targetClass);
    Optional<Boundary> boundary = ofClass == null ? null : ofClass.get(method);
    return (boundary == null ? readOnce(method, targetClass) : boundary).orElse(null);
  }

  private Optional<Boundary> readOnce(Method method, Class<?> targetClass) {
    // outside of the maps: reading may create the hosts, and that may call advised methods
    Optional<Boundary> read = Optional.ofNullable(read(method, targetClass));
    Optional<Boundary> other =
        known
            .computeIfAbsent(targetClass, first -> new ConcurrentHashMap<>())
            .putIfAbsent(method, read);
    return other == null ? read : other;
  }

  private @Nullable Boundary read(Method method, Class<?> targetClass) {
    Transactional annotation = Nearest.TRANSACTIONAL.of(method, targetClass);
    return annotation == null
        ? null
        : Boundary.of(
            hosts().get(annotation.host()),
            TransactionOptions.of(annotation, name(method, targetClass)));
  }

  /** {@code Class.method}: the user's class, or the interface where the class is generated. */
  static String name(Method method, Class<?> targetClass) {
    Class<?> type =
        Proxy.isProxyClass(targetClass) || ClassUtils.isLambdaClass(targetClass)
            ? method.getDeclaringClass()
            : ClassUtils.getUserClass(targetClass);
    return ClassUtils.getShortName(type) + "." + method.getName();
  }
}
