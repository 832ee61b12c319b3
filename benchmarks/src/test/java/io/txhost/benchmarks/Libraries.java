package io.txhost.benchmarks;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jooq.DSLContext;

/** What everybody does with Jdbi and with jOOQ. */
final class Libraries {
  static final HandleCallback<Object, RuntimeException> HANDLE = handle -> handle;

  private Libraries() {}

  static Object statement(Handle handle) {
    return handle.createUpdate("insert into orders(id) values(:id)").bind("id", 42).execute();
  }

  static Object statement(DSLContext dsl) {
    return dsl.query(FreeDriver.SQL, 42).execute();
  }
}
