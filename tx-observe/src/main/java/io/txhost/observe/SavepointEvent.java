package io.txhost.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** A NESTED block. */
@Name("io.txhost.Savepoint")
@Label("Savepoint")
@Description("A NESTED block, from its begin to its end")
@Category("txhost")
@StackTrace(false)
final class SavepointEvent extends PartEvent {
  @Label("Boundary")
  @Nullable String boundary;

  @Label("Kept")
  boolean kept;
}
