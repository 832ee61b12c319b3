package io.txhost;

import io.txhost.internal.Carrier;
import io.txhost.internal.Frame;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves a frame on its thread, and takes the frame away for the next one. */
public final class NothingLeft implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext context) {
    Frame left = Carrier.current();
    for (Frame f = left; f != Frame.ROOT; f = Carrier.current()) {
      Carrier.uninstall(f);
    }
    if (left != Frame.ROOT) {
      throw new AssertionError(left + " was left on " + Thread.currentThread().getName());
    }
  }
}
