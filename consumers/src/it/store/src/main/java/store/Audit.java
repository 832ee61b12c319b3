package store;

import io.txhost.TransactionHost;
import io.txhost.spring.ContextScope;
import java.sql.Connection;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** What reaches the beans otherwise than by their types. */
@Component
class Audit {
  private final TransactionHost<Connection> host;
  private final Trail trail;

  Audit(@Qualifier("default") TransactionHost<Connection> host, Trail trail) {
    this.host = host;
    this.trail = trail;
  }

  String host() {
    return host.name();
  }

  int steps() {
    return trail.step();
  }

  /** One for each context. */
  @Component
  @ContextScope
  static class Trail {
    private int steps;

    int step() {
      return ++steps;
    }
  }
}
