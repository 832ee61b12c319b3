package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import org.aopalliance.intercept.MethodInvocation;
import org.aspectj.lang.ProceedingJoinPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * A method with a {@link io.txhost.Transactional}: the host that it runs by, and how.
 *
 * @param repeats whether the body may run again: a retry is the annotation's or the host's default
 */
record TransactionalMethod(TransactionHost<?> host, TransactionOptions options, boolean repeats) {

  static TransactionalMethod of(TransactionHost<?> host, TransactionOptions options) {
    boolean repeats = options.retry().isPresent() || host.defaultOptions().retry().isPresent();
    return new TransactionalMethod(host, options, repeats);
  }

  @Nullable Object run(MethodInvocation invocation) throws Throwable {
    return repeats && invocation instanceof ProxyMethodInvocation repeatable
        ? again(repeatable)
        : host.<@Nullable Object, Throwable>withTransaction(options, invocation::proceed);
  }

  /** A woven one's, which may be proceeded again and again. */
  @Nullable Object run(ProceedingJoinPoint execution) throws Throwable {
    return host.<@Nullable Object, Throwable>withTransaction(options, execution::proceed);
  }

  /**
   * An invocation goes down its chain once: each attempt of a retry needs one of its own, or it
   * would skip the advice that lies inside.
   */
  private @Nullable Object again(ProxyMethodInvocation repeatable) throws Throwable {
    return host.<@Nullable Object, Throwable>withTransaction(
        options, () -> repeatable.invocableClone().proceed());
  }
}
