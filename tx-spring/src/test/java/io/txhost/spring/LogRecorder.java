package io.txhost.spring;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Warnings and errors of a test, ours and Spring's: both end in {@code java.util.logging} here. */
final class LogRecorder extends Handler implements BeforeEachCallback, AfterEachCallback {
  private final Queue<String> messages = new ConcurrentLinkedQueue<>();

  List<String> messages() {
    return List.copyOf(messages);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    setLevel(Level.WARNING);
    Logger.getLogger("").addHandler(this);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Logger.getLogger("").removeHandler(this);
  }

  @Override
  public void publish(LogRecord message) {
    if (isLoggable(message)) {
      messages.add(message.getMessage());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
