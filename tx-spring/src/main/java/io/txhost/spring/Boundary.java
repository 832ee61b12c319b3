package io.txhost.spring;

import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/** What an annotated method runs in. */
record Boundary(TransactionHost<?> host, TransactionOptions options) {

  @Nullable Object run(MethodInvocation invocation) throws Throwable {
    // an invocation goes down its chain once: each attempt of a retry needs one of its own, or it
    // would skip the
    // advice that lies inside
    return invocation instanceof ProxyMethodInvocation repeatable
        ? host.<@Nullable Object, Throwable>withTransaction(
            options, () -> repeatable.invocableClone().proceed())
        : host.<@Nullable Object, Throwable>withTransaction(options, invocation::proceed);
  }
}
