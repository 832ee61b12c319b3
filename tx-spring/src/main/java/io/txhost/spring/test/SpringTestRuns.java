package io.txhost.spring.test;

import io.txhost.test.TestRun;
import io.txhost.test.TxTest;
import java.lang.reflect.AnnotatedElement;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;

/** The runs of tests that Spring begins. Not loaded without tx-test. */
final class SpringTestRuns {
  private static final String SPRINGS = "org.springframework.transaction.annotation.Transactional";
  private static final Set<String> WITHOUT = Set.of("NOT_SUPPORTED", "NEVER");
  private static final String RUN = TestRun.class.getName();

  private SpringTestRuns() {}

  static void start(TestContext test) {
    TxTest settings = settings(test);
    if (settings == null) {
      return;
    }
    refuseSpringsOwn(test);
    if (!TestRun.isOpenHere()) { // JUnit's extension may have come before
      test.setAttribute(RUN, TestRun.start(settings, test.getTestClass()));
    }
  }

  static void end(TestContext test) {
    if (test.removeAttribute(RUN) instanceof TestRun run) {
      run.end();
    }
  }

  private static @Nullable TxTest settings(TestContext test) {
    TxTest onMethod =
        AnnotatedElementUtils.findMergedAnnotation(test.getTestMethod(), TxTest.class);
    return onMethod == null ? onClass(test.getTestClass()) : onMethod;
  }

  static @Nullable TxTest onClass(Class<?> testClass) {
    return TestContextAnnotationUtils.findMergedAnnotation(testClass, TxTest.class);
  }

  private static void refuseSpringsOwn(TestContext test) {
    String propagation = springsPropagation(test.getTestMethod());
    propagation = propagation == null ? springsPropagation(test.getTestClass()) : propagation;
    if (propagation != null && !WITHOUT.contains(propagation)) {
      throw new IllegalStateException(
          "TXH-730 @TxTest refused on "
              + test.getTestClass().getName()
              + "."
              + test.getTestMethod().getName()
              + ": Spring's @Transactional, which a slice such as @JdbcTest brings, begins a"
              + " transaction around the test, so the boundaries of the code under test would join"
              + " it. Choose one of the two: leave @TxTest away, or say"
              + " @Transactional(propagation = NOT_SUPPORTED) on the test class.");
    }
  }

  /** By its name: spring-tx may be absent. */
  private static @Nullable String springsPropagation(AnnotatedElement element) {
    AnnotationAttributes found =
        AnnotatedElementUtils.findMergedAnnotationAttributes(element, SPRINGS, false, false);
    return found == null ? null : String.valueOf(found.get("propagation"));
  }
}
