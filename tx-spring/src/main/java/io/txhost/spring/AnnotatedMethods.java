package io.txhost.spring;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.util.ClassUtils;

/**
 * The methods that have an annotation and are not woven. Equal in every context: it depends on the
 * class alone, so contexts can share generated proxy classes.
 */
final class AnnotatedMethods extends StaticMethodMatcherPointcut {
  private final NearestAnnotation<?> sought;

  AnnotatedMethods(NearestAnnotation<?> sought) {
    this.sought = sought;
    setClassFilter(new AnnotatedClasses(sought));
  }

  @Override
  public boolean matches(Method method, Class<?> targetClass) {
    return sought.of(method, targetClass) != null && !isWoven(method, targetClass);
  }

  /** It has its boundary by the aspect; two would not be one. */
  private boolean isWoven(Method method, Class<?> targetClass) {
    return sought == NearestAnnotation.TRANSACTIONAL
        && Weaving.isWoven(
            AopUtils.getMostSpecificMethod(method, ClassUtils.getUserClass(targetClass)));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AnnotatedMethods methods && methods.sought == sought;
  }

  @Override
  public int hashCode() {
    return sought.hashCode();
  }

  @Override
  public String toString() {
    return "methods with " + sought;
  }

  private record AnnotatedClasses(NearestAnnotation<?> sought) implements ClassFilter {
    @Override
    public boolean matches(Class<?> type) {
      return sought.isAnywhereOn(type);
    }
  }
}
