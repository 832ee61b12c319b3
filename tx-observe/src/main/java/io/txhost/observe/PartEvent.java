package io.txhost.observe;

import jdk.jfr.Event;
import jdk.jfr.Label;
import org.jspecify.annotations.Nullable;

/** Something that happens in a transaction. */
abstract class PartEvent extends Event {
  @Label("Transaction Id")
  long transactionId;

  @Label("Transaction")
  @Nullable String name;
}
