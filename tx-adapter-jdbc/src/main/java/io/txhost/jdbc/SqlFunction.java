package io.txhost.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Asks an object of the driver. */
@FunctionalInterface
interface SqlFunction<A, R extends @Nullable Object> {
  R apply(A driver) throws SQLException;
}
