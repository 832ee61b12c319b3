package io.txhost.test;

import java.time.Duration;

/** How a test's pool is made. Immutable: each method returns a copy. */
public final class PoolOptions {
  private static final PoolOptions DEFAULTS = new PoolOptions(4, true, Duration.ofSeconds(10));

  private final int size;
  private final boolean autoCommit;
  private final Duration connectionTimeout;

  private PoolOptions(int size, boolean autoCommit, Duration connectionTimeout) {
    this.size = size;
    this.autoCommit = autoCommit;
    this.connectionTimeout = connectionTimeout;
  }

  /** Four connections, auto-commit on, ten seconds to wait for one. */
  public static PoolOptions defaults() {
    return DEFAULTS;
  }

  /** Sets how many connections there are at most. */
  public PoolOptions size(int value) {
    return new PoolOptions(value, autoCommit, connectionTimeout);
  }

  /** Sets whether connections are handed out with auto-commit on. */
  public PoolOptions autoCommit(boolean value) {
    return new PoolOptions(size, value, connectionTimeout);
  }

  /** Sets how long to wait for a connection of an exhausted pool; at least 250 ms. */
  public PoolOptions connectionTimeout(Duration value) {
    return new PoolOptions(size, autoCommit, value);
  }

  /** How many connections there are at most. */
  public int size() {
    return size;
  }

  /** Whether connections are handed out with auto-commit on. */
  public boolean autoCommit() {
    return autoCommit;
  }

  /** How long to wait for a connection of an exhausted pool. */
  public Duration connectionTimeout() {
    return connectionTimeout;
  }
}
