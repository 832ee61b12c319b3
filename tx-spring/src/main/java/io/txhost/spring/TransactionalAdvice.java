package io.txhost.spring;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/**
 * Runs an annotated method in its host's transaction. What it throws leaves unchanged, checked or
 * not.
 */
final class TransactionalAdvice implements MethodInterceptor {
  private final TransactionalMethods methods;

  TransactionalAdvice(TransactionalMethods methods) {
    this.methods = methods;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    TransactionalMethod transactional = methods.of(invocation.getMethod(), targetClass(invocation));
    return transactional == null ? invocation.proceed() : transactional.run(invocation);
  }

  private static Class<?> targetClass(MethodInvocation invocation) {
    Object target = invocation.getThis();
    return target == null
        ? invocation.getMethod().getDeclaringClass()
        : AopUtils.getTargetClass(target);
  }
}
