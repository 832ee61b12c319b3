package io.txhost.elsewhere;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.txhost.TransactionHost;
import io.txhost.context.Context;

/**
 * Takes a snapshot along to another thread. With an argument it uses context-propagation before
 * anything of txhost.
 */
public final class CarryingProgram {
  private CarryingProgram() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0) {
      System.out.println(ContextRegistry.getInstance().getContextAccessors());
    }
    ContextSnapshot snapshot =
        Context.<ContextSnapshot, RuntimeException>call(
            () -> ContextSnapshotFactory.builder().build().captureAll());
    Thread other =
        new Thread(snapshot.wrap(() -> System.out.println("carried " + Context.isActive())));
    other.start();
    other.join();
    System.out.println(
        TransactionHost.class.getModule()
            + ", "
            + ContextRegistry.class.getModule()
            + ", accessors "
            + ContextRegistry.getInstance().getThreadLocalAccessors().stream()
                .filter(accessor -> accessor.key().equals("io.txhost"))
                .count());
  }
}
