package io.txhost.matrix;

import java.util.Optional;
import java.util.stream.Stream;
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

  /** A skip that the list of permitted ones cannot have. */
  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    String disabled = "disabled: " + reason.orElse("no reason given");
    ledger(context).skipped(combination(context), context.getRequiredTestMethod(), disabled);
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

  /** A test that was disabled has no instance of its own; its class has. */
  private static Combination combination(ExtensionContext context) {
    return Stream.iterate(Optional.of(context), Optional::isPresent, at -> at.get().getParent())
        .flatMap(at -> at.get().getTestInstances().stream())
        .flatMap(instances -> instances.findInstance(OnEveryCombination.class).stream())
        .findFirst()
        .orElseThrow()
        .combination;
  }
}
