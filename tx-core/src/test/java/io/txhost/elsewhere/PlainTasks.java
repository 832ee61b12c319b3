package io.txhost.elsewhere;

import io.txhost.TransactionHost;
import java.util.List;

/** Runs tasks in parallel, without a transaction. */
public final class PlainTasks {
  private PlainTasks() {}

  public static void main(String[] arguments) throws Exception {
    TransactionHost<String> host = TransactionHost.create(new NoTransactions());
    System.out.println("ran " + host.inParallel(List.of(() -> 1, () -> 2)));
  }
}
