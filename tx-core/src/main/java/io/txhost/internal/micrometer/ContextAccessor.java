package io.txhost.internal.micrometer;

import io.micrometer.context.ThreadLocalAccessor;
import io.txhost.internal.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code ContextSnapshot} captures, installs and puts back of a thread: the context and,
 * detached, the transactions.
 *
 * <p>Its value is what is asked for both to capture and to save what is to be put back: never the
 * context itself, which, written back, would outlive what it was bound by.
 */
public final class ContextAccessor implements ThreadLocalAccessor<Snapshot> {
  /** Under which snapshots hold it. */
  public static final String KEY = "io.txhost";

  /** For service loading. */
  public ContextAccessor() {}

  @Override
  public Object key() {
    return KEY;
  }

  @Override
  public @Nullable Snapshot getValue() {
    return Snapshot.take();
  }

  @Override
  public void setValue(Snapshot value) {
    value.install();
  }

  @Override
  public void setValue() {
    Snapshot.installNothing();
  }

  @Override
  public void restore(Snapshot previous) {
    previous.putBack();
  }

  @Override
  public void restore() {
    Snapshot.putBackNothing();
  }

  @Override
  public String toString() {
    return "txhost's context";
  }
}
