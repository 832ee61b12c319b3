package io.txhost.elsewhere;

import io.txhost.Propagation;
import io.txhost.TransactionException;
import io.txhost.TransactionHost;

/** Is refused a boundary without a name. */
public final class NamingProgram {
  private NamingProgram() {}

  public static void main(String[] arguments) {
    TransactionHost<String> host =
        TransactionHost.builder(new NoTransactions()).name("orders").build();
    try {
      host.withTransaction(Propagation.MANDATORY, () -> {});
    } catch (TransactionException refusal) {
      System.out.println(refusal.getMessage());
    }
  }
}
