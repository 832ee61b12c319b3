package io.txhost.jdbi;

import io.txhost.TransactionException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.jdbi.v3.core.statement.Cleanable;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * What Jdbi keeps to itself and this adapter needs, in one place: to make a handle of the user's
 * own Jdbi over a connection of ours. Jdbi's public ways make a new Jdbi for that (40 µs, 129 kB),
 * without the user's configuration and plugins, which cannot be listed. See
 * docs/decisions/0009-jdbi-handles.md.
 */
final class JdbiInside {
  private static final String CALLBACK = "org.jdbi.v3.core.TransactionCallback";

  private final MethodHandle connectionFactory;
  private final MethodHandle plugins;
  private final MethodHandle createHandle;
  private final MethodHandle drainCallbacks;
  private final MethodHandle afterCommit;
  private final MethodHandle afterRollback;
  private final MethodHandle cleanables;
  private final LazyHandles lazyHandles;

  private JdbiInside(Lookup jdbi, Lookup handle) throws ReflectiveOperationException {
    connectionFactory = getter(jdbi, "connectionFactory", ConnectionFactory.class);
    plugins = getter(jdbi, "plugins", List.class);
    createHandle =
        handle.findStatic(
            Handle.class,
            "createHandle",
            MethodType.methodType(
                Handle.class,
                Jdbi.class,
                Cleanable.class,
                TransactionHandler.class,
                StatementBuilder.class,
                Connection.class));
    drainCallbacks =
        handle.findVirtual(Handle.class, "drainCallbacks", MethodType.methodType(List.class));
    Class<?> callback = handle.findClass(CALLBACK);
    afterCommit = calling(handle, callback, "afterCommit");
    afterRollback = calling(handle, callback, "afterRollback");
    cleanables =
        handle
            .unreflectGetter(Handle.class.getDeclaredField("cleanables"))
            .asType(MethodType.methodType(Set.class, Handle.class));
    lazyHandles = LazyHandles.find(handle);
  }

  /**
   * Finds it.
   *
   * @throws TransactionException TXH-550 if this Jdbi's inside is another one
   */
  static JdbiInside find() {
    try {
      Lookup own = MethodHandles.lookup();
      return new JdbiInside(
          MethodHandles.privateLookupIn(Jdbi.class, own),
          MethodHandles.privateLookupIn(Handle.class, own));
    } catch (ReflectiveOperationException | RuntimeException failure) {
      throw Refusals.unknownJdbi(failure);
    }
  }

  private static MethodHandle getter(Lookup jdbi, String name, Class<?> type)
      throws ReflectiveOperationException {
    return jdbi.unreflectGetter(Jdbi.class.getDeclaredField(name))
        .asType(MethodType.methodType(type, Jdbi.class));
  }

  private static MethodHandle calling(Lookup handle, Class<?> callback, String name)
      throws ReflectiveOperationException {
    return handle
        .findVirtual(callback, name, MethodType.methodType(void.class))
        .asType(MethodType.methodType(void.class, Object.class));
  }

  /** Where the user's Jdbi gets its connections. */
  ConnectionFactory connectionFactory(Jdbi jdbi) {
    try {
      return (ConnectionFactory) connectionFactory.invokeExact(jdbi);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /**
   * The data source that a Jdbi's connection factory asks, where it is one that keeps it in a
   * field, as that of {@code Jdbi.create(DataSource)} does. A pool must be told to throw a broken
   * connection away; nothing else is asked of it.
   */
  static Optional<DataSource> dataSource(ConnectionFactory factory) {
    for (Field field : factory.getClass().getDeclaredFields()) {
      if (DataSource.class.isAssignableFrom(field.getType()) && field.trySetAccessible()) {
        try {
          return Optional.ofNullable((DataSource) field.get(factory));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(field + " was made accessible and is not", e);
        }
      }
    }
    return Optional.empty();
  }

  /** The plugins that are installed now. */
  @SuppressWarnings("unchecked") // the field's type is a list of them
  List<JdbiPlugin> plugins(Jdbi jdbi) {
    try {
      return (List<JdbiPlugin>) (List<?>) (List) plugins.invokeExact(jdbi);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /** What {@code Jdbi.open()} does once it has a connection. */
  Handle createHandle(
      Jdbi jdbi,
      Cleanable closing,
      TransactionHandler transactions,
      StatementBuilder builder,
      Connection connection)
      throws SQLException {
    try {
      return (Handle) createHandle.invokeExact(jdbi, closing, transactions, builder, connection);
    } catch (SQLException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /** Takes the callbacks that were registered on the handle, in their order. */
  List<?> drainCallbacks(Handle handle) {
    try {
      return (List<?>) (List) drainCallbacks.invokeExact(handle);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /** Tells one of {@link #drainCallbacks} of the commit. */
  void afterCommit(Object callback) {
    try {
      afterCommit.invokeExact(callback);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /** Tells one of {@link #drainCallbacks} of the rollback. */
  void afterRollback(Object callback) {
    try {
      afterRollback.invokeExact(callback);
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /** What a handle would close. */
  @SuppressWarnings("unchecked") // the field's type is a set of them
  HandleCleanables cleanables(Handle handle) {
    try {
      return new HandleCleanables(
          handle, (Set<Cleanable>) (Set<?>) (Set) cleanables.invokeExact(handle));
    } catch (Throwable failure) {
      throw unchecked(failure);
    }
  }

  /**
   * Makes the block of an extension that Jdbi opens use a handle of ours.
   *
   * @param supplier what Jdbi told the scope; one that has a handle already is left alone
   */
  void openWith(HandleSupplier supplier, Supplier<Handle> open) {
    lazyHandles.openWith(supplier, open);
  }

  static RuntimeException unchecked(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException runtime) {
      return runtime;
    }
    return new IllegalStateException("Jdbi threw what it does not declare", failure);
  }
}
