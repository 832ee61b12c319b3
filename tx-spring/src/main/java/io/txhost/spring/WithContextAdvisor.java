package io.txhost.spring;

import io.txhost.context.ContextInitializer;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.PriorityOrdered;

/**
 * Puts the advice around the methods that have a {@link WithContext}: outside of all that is merely
 * ordered, the transaction's above all, whatever order that is given.
 */
final class WithContextAdvisor implements PointcutAdvisor, PriorityOrdered {
  private final Pointcut pointcut = new AnnotatedMethods(NearestAnnotation.WITH_CONTEXT);
  private final Advice advice;

  WithContextAdvisor(ObjectProvider<ContextInitializer<? super MethodInvocation>> initializers) {
    this.advice = new WithContextAdvice(initializers);
  }

  /** Inside what Spring puts first, to expose the invocation to AspectJ's advice. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 2;
  }

  @Override
  public Pointcut getPointcut() {
    return pointcut;
  }

  @Override
  public Advice getAdvice() {
    return advice;
  }
}
