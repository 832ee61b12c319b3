package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** The todos in a database, by Jdbi: asks for the current transaction at each use. */
final class JdbiTodoRepository implements TodoRepository {
  private static final RowMapper<Todo> ROW =
      (row, context) -> new Todo(row.getLong("id"), row.getString("title"));

  private final TransactionHost<Handle> host;

  JdbiTodoRepository(TransactionHost<Handle> host) {
    this.host = host;
  }

  @Override
  public Optional<Todo> findByTitle(String title) {
    return host.tx()
        .createQuery("select id, title from todos where title = :title")
        .bind("title", title)
        .map(ROW)
        .findOne();
  }

  @Override
  public List<Todo> findAll() {
    return host.tx().createQuery("select id, title from todos order by id").map(ROW).list();
  }

  @Override
  public Todo insert(String title) {
    try {
      return host.tx()
          .createUpdate("insert into todos (title) values (:title)")
          .bind("title", title)
          .executeAndReturnGeneratedKeys("id")
          .map((row, context) -> new Todo(row.getLong(1), title)) // MariaDB names it otherwise
          .one();
    } catch (UnableToExecuteStatementException e) {
      throw TodoAlreadyExistsException.isSaidBy(e) ? new TodoAlreadyExistsException(e) : e;
    }
  }
}
