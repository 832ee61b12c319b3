package io.txhost.test;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What {@link TxTest} does in JUnit. The run is opened before {@code @BeforeEach} and ended after
 * {@code @AfterEach}; where JUnit calls a method on a thread of its own, for a timeout say, that
 * thread is the test's for as long.
 *
 * <p><b>Threads:</b> one instance may serve tests that run at once.
 */
public final class TxTestExtension
    implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
  private static final Namespace NAMESPACE = Namespace.create(TxTestExtension.class);

  /** For JUnit. */
  public TxTestExtension() {}

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!TestRun.isOpenFor(
        context.getRequiredTestClass())) { // Spring's listener may have come before
      TxTest settings = settings(context);
      TestRun run = TestRun.start(settings, context.getRequiredTestClass());
      context.getStore(NAMESPACE).put(TestRun.class, run);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestRun run = context.getStore(NAMESPACE).remove(TestRun.class, TestRun.class);
    if (run != null) {
      run.end();
    }
  }

  private static TxTest settings(ExtensionContext context) {
    for (ExtensionContext c = context; c != null; c = c.getParent().orElse(null)) {
      Optional<TxTest> found = on(c.getElement());
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalStateException(
        "TXH-731 "
            + context.getDisplayName()
            + " has TxTestExtension, and no @TxTest: say @TxTest");
  }

  private static Optional<TxTest> on(Optional<AnnotatedElement> element) {
    return element.flatMap(one -> AnnotationSupport.findAnnotation(one, TxTest.class));
  }

  // ---- the thread of what JUnit calls

  @Override
  public void interceptBeforeEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return TxTestExtension.<T>proceed(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<@Nullable Void> invocation,
      DynamicTestInvocationContext test,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    proceed(invocation, context);
  }

  private static <T extends @Nullable Object> T proceed(
      Invocation<T> invocation, ExtensionContext context) throws Throwable {
    TestRun run = context.getStore(NAMESPACE).get(TestRun.class, TestRun.class);
    if (run == null || TestRun.isOpenHere()) {
      return invocation.proceed();
    }
    TestRun before = run.enter();
    try {
      return invocation.proceed();
    } finally {
      run.leave(before);
    }
  }
}
