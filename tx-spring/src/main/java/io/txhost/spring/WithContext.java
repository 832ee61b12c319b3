package io.txhost.spring;

import io.txhost.context.ContextMode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method in a {@link io.txhost.context.Context}: for what no request begins, such as
 * scheduled jobs, message listeners and event listeners.
 *
 * <pre>{@code
 * @Scheduled(fixedDelay = 60_000)
 * @WithContext
 * @Transactional
 * public void sendReminders() { ... }
 * }</pre>
 *
 * <p>The context lies outside the transaction and all other ordered advice, so that one context
 * serves the whole job. Outside of it lies only what Spring puts around all advice: {@code @Async},
 * and Spring's own {@code @Retryable} and {@code @ConcurrencyLimit}, so that each attempt has a
 * context of its own; for one around all attempts, annotate a method that calls the retried one of
 * another bean. Where {@code ContextInitializer<? super MethodInvocation>} beans are, they fill it
 * in their order before the method runs. While that runs, the context's id is in the log's MDC,
 * under {@code requestId}, where SLF4J is there.
 *
 * <p>Takes effect with {@link EnableTransactionHosts}, on the same methods as {@link
 * io.txhost.Transactional}: on a class it covers all of them, the nearest annotation wins, and
 * where it could not take effect the application context does not start. A call within one object
 * goes through no proxy, and runs without a context of its own: that is not found out.
 */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface WithContext {

  /**
   * What the context starts from where one is active already, as it is for an event listener inside
   * a request. By default a copy: the listener has the request's id and values, what it sets stays
   * its own, and it has a context that lives as long as it runs, also where it runs when the
   * request has ended. Where none is active, as in a scheduled job, every mode opens an empty one.
   */
  ContextMode mode() default ContextMode.INHERIT;
}
