package io.txhost.internal.micrometer;

import io.micrometer.context.ContextRegistry;

/**
 * Registers the accessor where service loading does not: in a named module only what its descriptor
 * provides is loaded, and a descriptor that provides a service of an absent module keeps the
 * application from starting.
 */
public final class Registration {
  private Registration() {}

  /** Does nothing on a class path, and nothing where context-propagation is not there. */
  public static void whereServicesAreNotLoaded() {
    Module own = Registration.class.getModule();
    if (own.isNamed()) {
      try {
        own.addReads(Class.forName("io.micrometer.context.ContextRegistry").getModule());
      } catch (ClassNotFoundException absent) {
        return; // it is optional
      }
      register();
    }
  }

  private static void register() {
    ContextRegistry.getInstance().registerThreadLocalAccessor(new ContextAccessor());
  }
}
