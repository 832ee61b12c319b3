package io.txhost;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The annotation form of {@link RetryPolicy}, an attribute of {@link Transactional}. */
@Documented
@Target({})
@Retention(RetentionPolicy.RUNTIME)
public @interface Retry {

  /** How often the body may run in all, the first time counted; 1 is no retry. */
  int maxAttempts() default 3;

  /**
   * The most the first delay may be, as in {@link Transactional#timeout()}; "" is {@link
   * RetryPolicy}'s.
   */
  String initialDelay() default "";

  /** The most any delay may be; "" is {@link RetryPolicy}'s. */
  String maxDelay() default "";

  /** Failures retried beside the transient ones. */
  Class<? extends Throwable>[] alsoOn() default {};

  /** SQLSTATEs, or vendor codes such as "1205", retried beside the transient ones. */
  String[] alsoOnSqlState() default {};
}
