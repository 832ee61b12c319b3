package io.txhost.spring;

import org.aopalliance.aop.Advice;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.core.Ordered;

/** Puts the advice around the methods that have a {@link io.txhost.Transactional}. */
final class TransactionalAdvisor implements PointcutAdvisor, Ordered {
  private final Pointcut pointcut = new AnnotatedMethods(NearestAnnotation.TRANSACTIONAL);
  private final Advice advice;
  private int order = Ordered.LOWEST_PRECEDENCE;

  TransactionalAdvisor(TransactionalMethods methods) {
    this.advice = new TransactionalAdvice(methods);
  }

  // public: set as a bean property
  public void setOrder(int order) {
    this.order = order;
  }

  @Override
  public int getOrder() {
    return order;
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
