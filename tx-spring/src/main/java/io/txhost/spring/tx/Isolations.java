package io.txhost.spring.tx;

import io.txhost.Isolation;
import org.springframework.transaction.TransactionDefinition;

/** Spring's isolation levels, and the host's. */
final class Isolations {
  private Isolations() {}

  /** Spring has no name for SNAPSHOT. */
  static int levelOf(Isolation isolation) {
    return switch (isolation) {
      case READ_UNCOMMITTED -> TransactionDefinition.ISOLATION_READ_UNCOMMITTED;
      case READ_COMMITTED -> TransactionDefinition.ISOLATION_READ_COMMITTED;
      case REPEATABLE_READ -> TransactionDefinition.ISOLATION_REPEATABLE_READ;
      case SERIALIZABLE -> TransactionDefinition.ISOLATION_SERIALIZABLE;
      case DEFAULT, SNAPSHOT -> TransactionDefinition.ISOLATION_DEFAULT;
    };
  }

  static Isolation of(int level) {
    return switch (level) {
      case TransactionDefinition.ISOLATION_READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
      case TransactionDefinition.ISOLATION_READ_COMMITTED -> Isolation.READ_COMMITTED;
      case TransactionDefinition.ISOLATION_REPEATABLE_READ -> Isolation.REPEATABLE_READ;
      case TransactionDefinition.ISOLATION_SERIALIZABLE -> Isolation.SERIALIZABLE;
      default -> Isolation.DEFAULT;
    };
  }
}
