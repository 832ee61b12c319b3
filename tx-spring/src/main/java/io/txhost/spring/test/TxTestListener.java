package io.txhost.spring.test;

import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.util.ClassUtils;

/**
 * Opens the run of a test with {@code @TxTest} before what else Spring does for it, its
 * {@code @Sql} scripts say, and ends it after. Named in {@code META-INF/spring.factories}, and so
 * loaded where tx-test is not: then it does nothing.
 */
final class TxTestListener implements TestExecutionListener, Ordered {
  private static final boolean PRESENT =
      ClassUtils.isPresent("io.txhost.test.TestRun", TxTestListener.class.getClassLoader());

  /** Before Spring's transaction, which is at 4000, and its scripts. */
  private static final int ORDER = 3900;

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public void beforeTestMethod(TestContext test) {
    if (PRESENT) {
      SpringTestRuns.start(test);
    }
  }

  @Override
  public void afterTestMethod(TestContext test) {
    if (PRESENT) {
      SpringTestRuns.end(test);
    }
  }
}
