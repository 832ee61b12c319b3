package io.txhost.tck;

import java.time.Duration;

/** How a test's pool is made. Immutable: each method returns a copy. */
public final class PoolOptions {
  private static final PoolOptions DEFAULTS =
      new PoolOptions(true, 4, true, Duration.ofSeconds(10));

  private final boolean pooled;
  private final int size;
  private final boolean autoCommit;
  private final Duration connectionTimeout;

  private PoolOptions(boolean pooled, int size, boolean autoCommit, Duration connectionTimeout) {
    this.pooled = pooled;
    this.size = size;
    this.autoCommit = autoCommit;
    this.connectionTimeout = connectionTimeout;
  }

  /** A pool of four connections, auto-commit on, ten seconds to wait for one. */
  public static PoolOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Sets whether connections are kept and handed out again. Where not, each is a new one of the
   * driver's, closed when it comes back; size and timeout are then those of a server that takes no
   * more connections.
   */
  public PoolOptions pooled(boolean value) {
    return new PoolOptions(value, size, autoCommit, connectionTimeout);
  }

  /** Sets how many connections there are at most. */
  public PoolOptions size(int value) {
    return new PoolOptions(pooled, value, autoCommit, connectionTimeout);
  }

  /** Sets whether connections are handed out with auto-commit on. */
  public PoolOptions autoCommit(boolean value) {
    return new PoolOptions(pooled, size, value, connectionTimeout);
  }

  /** Sets how long to wait for a connection of an exhausted pool; at least 250 ms. */
  public PoolOptions connectionTimeout(Duration value) {
    return new PoolOptions(pooled, size, autoCommit, value);
  }

  /** Whether connections are kept and handed out again. */
  public boolean pooled() {
    return pooled;
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
