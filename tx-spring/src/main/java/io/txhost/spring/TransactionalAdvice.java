package io.txhost.spring;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/** Runs an annotated method in its boundary. What it throws leaves unchanged, checked or not. */
final class TransactionalAdvice implements MethodInterceptor {
  private final Boundaries boundaries;

  TransactionalAdvice(Boundaries boundaries) {
    this.boundaries = boundaries;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Boundary boundary = boundaries.of(invocation.getMethod(), targetClass(invocation));
    return boundary == null ? invocation.proceed() : boundary.run(invocation);
  }

  private static Class<?> targetClass(MethodInvocation invocation) {
    Object target = invocation.getThis();
    return target == null
        ? invocation.getMethod().getDeclaringClass()
        : AopUtils.getTargetClass(target);
  }
}
