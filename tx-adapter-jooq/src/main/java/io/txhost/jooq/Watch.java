package io.txhost.jooq;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.jooq.Configuration;
import org.jooq.ConnectionProvider;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.ExecuteListenerProvider;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Is told of each execution of the host's Configuration, and of those derived from it: refuses what
 * was changed since, and what {@code dsl.batched} must not delay.
 *
 * <p><b>Threads:</b> serves every thread at once.
 */
final class Watch implements ExecuteListener, ExecuteListenerProvider {
  private static final long serialVersionUID = 1L;

  private final transient Configuration configuration;
  private final transient Joined joined;
  private final transient Batches batches;

  Watch(Configuration configuration, Batches batches) {
    this.configuration = configuration;
    this.joined = new Joined(configuration);
    this.batches = batches;
  }

  @Override
  public ExecuteListener provide() {
    return this;
  }

  /** Whoever sets other listeners later leaves out this one. */
  void keep() {
    for (ExecuteListenerProvider each : configuration.executeListenerProviders()) {
      if (each == this) {
        return;
      }
    }
    // before the user's: a changed Configuration is refused before anybody uses it
    configuration.set(
        Stream.concat(Stream.of(this), Stream.of(configuration.executeListenerProviders()))
            .toArray(ExecuteListenerProvider[]::new));
  }

  void refuseIfChanged() {
    joined.refuseIfChanged();
  }

  /**
   * What a transaction's Configuration has instead, which is derived of the host's.
   *
   * @param inside what stands there in this one's place
   */
  ExecuteListenerProvider[] replacedBy(ExecuteListenerProvider inside) {
    ExecuteListenerProvider[] all = configuration.executeListenerProviders().clone();
    for (int i = 0; i < all.length; i++) {
      if (all[i] == this) {
        all[i] = inside;
      }
    }
    return all;
  }

  /** The same of a transaction's Configuration, with the connections that it must have. */
  void refuseToExecute(Configuration own, ConnectionProvider connections) {
    joined.refuseToExecute(own, connections);
  }

  /** To the host's Configuration, unless the settings leave records unattached. */
  void attach(@Nullable Record record) {
    HostDsl.attach(record, configuration);
  }

  @Override
  public void start(ExecuteContext context) {
    joined.refuseToExecute();
  }

  @Override
  public void prepareStart(ExecuteContext context) {
    told(context, batches::preparing);
  }

  @Override
  public void executeStart(ExecuteContext context) {
    told(context, batches::executing);
  }

  private static void told(ExecuteContext context, Telling telling) {
    try {
      telling.tell(context);
    } catch (SQLException failure) {
      context.sqlException(failure);
      throw context.exception();
    }
  }

  /** Looks at an execution. */
  @FunctionalInterface
  private interface Telling {
    void tell(ExecuteContext context) throws SQLException;
  }
}
