package io.txhost.spring;

import io.txhost.context.Context;
import io.txhost.context.ContextEntry;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextMode;
import io.txhost.context.LoggedId;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.MethodClassKey;

/** Runs an annotated method in a context. What it throws leaves unchanged, checked or not. */
final class WithContextAdvice implements MethodInterceptor {
  private final ObjectProvider<ContextInitializer<? super MethodInvocation>> initializers;
  private final Map<MethodClassKey, Optional<ContextMode>> modes = new ConcurrentHashMap<>();
  private volatile @Nullable ContextEntry<MethodInvocation> entry;

  /**
   * The initializers are asked for when first needed: the advice must not create them, and what
   * they need, early.
   */
  WithContextAdvice(ObjectProvider<ContextInitializer<? super MethodInvocation>> initializers) {
    this.initializers = initializers;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Object target = invocation.getThis();
    Method method = invocation.getMethod();
    Class<?> type = target == null ? method.getDeclaringClass() : AopUtils.getTargetClass(target);
    ContextMode mode = mode(method, type);
    return mode == null
        ? invocation.proceed()
        : entry()
            .<@Nullable Object, Throwable>call(
                mode,
                invocation,
                () ->
                    LoggedId.<@Nullable Object, Throwable>of(
                        Context.current(), invocation::proceed));
  }

  private @Nullable ContextMode mode(Method method, Class<?> type) {
    return modes
        .computeIfAbsent(
            new MethodClassKey(method, type),
            key ->
                Optional.ofNullable(NearestAnnotation.WITH_CONTEXT.of(method, type))
                    .map(WithContext::mode))
        .orElse(null);
  }

  private ContextEntry<MethodInvocation> entry() {
    ContextEntry<MethodInvocation> known = entry;
    if (known == null) {
      known = ContextEntry.of(initializers.orderedStream().toList());
      entry = known; // where two threads come first, each has found the same beans
    }
    return known;
  }
}
