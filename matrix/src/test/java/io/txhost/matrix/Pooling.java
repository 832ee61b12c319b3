package io.txhost.matrix;

import io.txhost.tck.PoolOptions;
import java.util.function.UnaryOperator;

/** Where a combination's connections come from. */
enum Pooling {
  AUTO_COMMIT_ON("HikariCP with auto-commit on", options -> options),
  AUTO_COMMIT_OFF("HikariCP with auto-commit off", options -> options.autoCommit(false)),
  NONE("no pool", options -> options.pooled(false));

  private final String title;
  private final UnaryOperator<PoolOptions> changes;

  Pooling(String title, UnaryOperator<PoolOptions> changes) {
    this.title = title;
    this.changes = changes;
  }

  PoolOptions of(PoolOptions options) {
    return changes.apply(options);
  }

  @Override
  public String toString() {
    return title;
  }
}
