package io.txhost.spring.tx;

import io.txhost.ManualTransaction;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that Spring has set aside.
 *
 * @param connection what Spring had on the thread
 * @param aside what hides it in the host; null where the host itself has set it aside
 */
record Suspended(HostSide host, BoundConnection connection, @Nullable ManualTransaction aside) {

  void resume() {
    try {
      if (aside != null) {
        aside.close();
      }
    } finally {
      host.bind(connection);
    }
  }
}
