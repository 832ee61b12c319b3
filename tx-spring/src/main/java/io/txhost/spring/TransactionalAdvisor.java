package io.txhost.spring;

import java.lang.reflect.Method;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.Pointcut;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.Ordered;

/** Puts the advice around the methods that have a {@link io.txhost.Transactional}. */
final class TransactionalAdvisor implements PointcutAdvisor, Ordered {
  private final Pointcut pointcut = new AnnotatedMethods();
  private final Advice advice;
  private int order = Ordered.LOWEST_PRECEDENCE;

  TransactionalAdvisor(Boundaries boundaries) {
    this.advice = new TransactionalAdvice(boundaries);
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

  /**
   * Equal in every context: it depends on the class alone, so contexts can share generated proxy
   * classes.
   */
  private static final class AnnotatedMethods extends StaticMethodMatcherPointcut {
    AnnotatedMethods() {
      setClassFilter(new AnnotatedClasses());
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
      return NearestTransactional.of(method, targetClass) != null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof AnnotatedMethods;
    }

    @Override
    public int hashCode() {
      return AnnotatedMethods.class.hashCode();
    }

    @Override
    public String toString() {
      return AnnotatedMethods.class.getName();
    }
  }

  private record AnnotatedClasses() implements ClassFilter {
    @Override
    public boolean matches(Class<?> type) {
      return NearestTransactional.isAnywhereOn(type);
    }
  }
}
