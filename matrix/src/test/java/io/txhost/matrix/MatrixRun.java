package io.txhost.matrix;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestWatcher;

/** Tells the ledger of the whole run what became of each test on each combination. */
final class MatrixRun implements TestWatcher {
  private static final Namespace NAMESPACE = Namespace.create(MatrixRun.class);

  @Override
  public void testSuccessful(ExtensionContext context) {
    ledger(context).passed(combination(context));
  }

  @Override
  public void testAborted(ExtensionContext context, Throwable cause) {
    String reason = String.valueOf(cause.getMessage()).replaceFirst("^Assumption failed: ", "");
    ledger(context).skipped(combination(context), context.getRequiredTestMethod(), reason);
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    ledger(context).failed(combination(context), context.getRequiredTestMethod());
  }

  /** One for all classes; the root's store closes it after the last test. */
  private static Ledger ledger(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Ledger.class, type -> new Ledger(), Ledger.class);
  }

  private static Combination combination(ExtensionContext context) {
    return context
        .getRequiredTestInstances()
        .findInstance(OnEveryCombination.class)
        .orElseThrow()
        .combination;
  }
}
