package io.txhost;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method, or every method of a type, in a boundary of a {@link TransactionHost}.
 *
 * <p>An attribute left at its default takes the host's default. The nearest annotation (method,
 * class, interface method, interface) wins whole: attributes of two annotations are never mixed.
 */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Transactional {

  /** What to do about a transaction that is, or is not, active. */
  Propagation propagation() default Propagation.REQUIRED;

  /** The isolation asked for. */
  Isolation isolation() default Isolation.DEFAULT;

  /** Whether writes are to be refused by the database. */
  boolean readOnly() default false;

  /**
   * A deadline such as {@code "500ms"}, {@code "5s"}, {@code "2m"} or ISO-8601 {@code "PT5S"}; ""
   * is none.
   */
  String timeout() default "";

  /** The host's name; "" is the default host. */
  String host() default "";

  /** The transaction's name; "" is {@code Class.method}. */
  String name() default "";

  /** Failures that roll back although a wider {@link #noRollbackFor()} excepts them. */
  Class<? extends Throwable>[] rollbackFor() default {};

  /** Failures that commit; they are thrown all the same. */
  Class<? extends Throwable>[] noRollbackFor() default {};

  /** Whether and how to run the whole method again after a transient failure. */
  Retry retry() default @Retry(maxAttempts = 1);
}
