package io.txhost.elsewhere;

import io.txhost.TransactionHost;
import io.txhost.context.Context;

/** Uses the core alone. In a package of its own, which may be in another module than the core. */
public final class PlainProgram {
  private PlainProgram() {}

  public static void main(String[] arguments) {
    System.out.println(
        TransactionHost.class.getModule() + " " + Context.call(() -> Context.isActive()));
  }
}
