package io.txhost.internal.micrometer;

import io.micrometer.context.ContextRegistry;

/**
 * Registers the accessor where service loading does not: of a named module only what its descriptor
 * provides is loaded, and a descriptor that provides a service of an absent module would keep the
 * application from starting.
 */
public final class Registration {
  private static final String REGISTRY = "io.micrometer.context.ContextRegistry";

  private Registration() {}

  /** Does nothing on a class path, and nothing where context-propagation is not there. */
  public static void whereServicesAreNotLoaded() {
    Module own = Registration.class.getModule();
    if (own.isNamed()) {
      try {
        // not initialised before it is read, too, where it is on the class path: it loads services
        Class<?> registry = Class.forName(REGISTRY, false, own.getClassLoader());
        own.addReads(registry.getModule());
      } catch (ClassNotFoundException absent) {
        return; // it is optional
      }
      Present.register();
    }
  }

  /** A class of its own, since what it names can be linked only where it is there and read. */
  private static final class Present {
    static void register() {
      ContextRegistry.getInstance().registerThreadLocalAccessor(new ContextAccessor());
    }
  }
}
