package io.txhost.spring;

import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;

/**
 * Runs woven methods in their boundaries: what AspectJ weaves into classes with {@link
 * io.txhost.Transactional}, at load time or at compile time. Applications name it to the compiler
 * or find it in {@code META-INF/aop.xml}, and call nothing of it.
 *
 * <p>Covered are methods that are annotated themselves, private, static and final ones too, and the
 * instance methods, save private ones, that an annotated class declares, or one that inherits its
 * annotation; by meta-annotations of at most two steps. Whoever calls them: a self-call or Spring's
 * call of a {@code @PostConstruct} method too. A constructor is not covered. AspectJ does not see
 * an annotation on an interface, on an overridden method, or on a subclass of the class that
 * declares the method: in mode ASPECTJ the start refuses a bean whose annotation is there alone
 * (TXH-681).
 *
 * <p>The host is one of the application context whose bean the object is. An object that is no bean
 * is refused (TXH-682), before anything runs.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
@Aspect
public final class TransactionalAspect {
  private static final TransactionalAspect INSTANCE = new TransactionalAspect();

  private TransactionalAspect() {}

  /** For woven code. By hand, because no compiler of AspectJ's has seen this class. */
  public static TransactionalAspect aspectOf() {
    return INSTANCE;
  }

  /** For woven code. */
  public static boolean hasAspect() {
    return true;
  }

  /**
   * For woven code.
   *
   * @throws IllegalStateException if the host cannot be found; the method was not run then
   * @throws Throwable what the method throws, unchanged
   */
  @SuppressWarnings("exports") // for woven code, which has AspectJ's types anyway
  // *..* and not *, which in an annotation's annotation AspectJ takes for every type
  // the private methods of an annotated class are left out, as with proxies
  @Around(
      "(execution(@io.txhost.Transactional * *(..))"
          + " || execution(@(@io.txhost.Transactional *..*) * *(..))"
          + " || execution(@(@(@io.txhost.Transactional *..*) *..*) * *(..))"
          + " || execution(!private !static * (@io.txhost.Transactional *).*(..))"
          + " || execution(!private !static * (@(@io.txhost.Transactional *..*) *).*(..))"
          + " || execution(!private !static * (@(@(@io.txhost.Transactional *..*) *..*) *).*(..)))"
          + " && !within(java.lang.reflect.Proxy+) && !within(java.lang.annotation.Annotation+)")
  public @Nullable Object inItsBoundary(ProceedingJoinPoint execution) throws Throwable {
    return WovenBeans.run(execution);
  }
}
