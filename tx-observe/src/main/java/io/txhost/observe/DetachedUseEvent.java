package io.txhost.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/** A use by work that fell out of a transaction. */
@Name("io.txhost.DetachedUse")
@Label("Detached Use")
@Description("A use of a host that was refused to work which fell out of a transaction")
@Category("txhost")
final class DetachedUseEvent extends Event {
  @Label("Host")
  @Nullable String host;

  @Label("What")
  @Nullable String what;

  @Label("Boundary")
  @Description("The boundary in which the work was handed over")
  @Nullable String boundary;

  @Label("Transaction")
  @Nullable String transaction;

  @Label("Handed Over By")
  @Nullable String handedOverBy;
}
