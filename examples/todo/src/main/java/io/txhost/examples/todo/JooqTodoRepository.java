package io.txhost.examples.todo;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.txhost.TransactionHost;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.springframework.dao.DuplicateKeyException;

/** The todos in a database, by jOOQ: asks for the current transaction at each use. */
final class JooqTodoRepository implements TodoRepository {
  private static final Table<Record> TODOS = table("todos");
  private static final Field<Long> ID = field("id", Long.class);
  private static final Field<String> TITLE = field("title", String.class);

  private final TransactionHost<DSLContext> host;

  JooqTodoRepository(TransactionHost<DSLContext> host) {
    this.host = host;
  }

  @Override
  public Optional<Todo> findByTitle(String title) {
    return host.tx()
        .select(ID, TITLE)
        .from(TODOS)
        .where(TITLE.eq(title))
        .fetchOptional(JooqTodoRepository::todo);
  }

  @Override
  public List<Todo> findAll() {
    return host.tx().select(ID, TITLE).from(TODOS).orderBy(ID).fetch(JooqTodoRepository::todo);
  }

  @Override
  public Todo insert(String title) {
    try {
      return host.tx()
          .insertInto(TODOS)
          .set(TITLE, title)
          .returning(ID)
          .fetchSingle(row -> new Todo(row.get(ID), title));
    } catch (DuplicateKeyException e) { // Spring Boot has translated jOOQ's own
      throw new TodoAlreadyExistsException(e);
    }
  }

  private static Todo todo(Record row) {
    return new Todo(row.get(ID), row.get(TITLE));
  }
}
