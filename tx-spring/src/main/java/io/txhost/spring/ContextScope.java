package io.txhost.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;

/**
 * A bean of which each {@link io.txhost.context.Context} has its own: {@code @Scope("context")}
 * with a proxy, so that singletons can be given it.
 *
 * <p>It is made when first used in a context, once also where several threads come at the same
 * time, and destroyed when the context ends. A copy by {@code INHERIT} is a context of its own and
 * has its own bean; {@code REUSE} shares it, and so does wrapped work while the context lasts.
 * Outside any context, and in one that has ended, using it is an error that says so. A final method
 * behind a class proxy would run on that, and is refused at start-up.
 *
 * <p>Takes effect with {@link EnableTransactionHosts}.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Scope(ContextBeans.SCOPE)
@SuppressWarnings("exports") // what Spring reads here is no type for callers
public @interface ContextScope {

  /** How the proxy is made; with {@code NO} the bean is what the current context has. */
  @AliasFor(annotation = Scope.class)
  ScopedProxyMode proxyMode() default ScopedProxyMode.TARGET_CLASS;
}
