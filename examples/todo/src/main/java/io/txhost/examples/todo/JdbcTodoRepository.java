package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The todos in a database, by plain JDBC: asks for the current transaction at each use. */
final class JdbcTodoRepository implements TodoRepository {
  private final TransactionHost<Connection> host;

  JdbcTodoRepository(TransactionHost<Connection> host) {
    this.host = host;
  }

  @Override
  public Optional<Todo> findByTitle(String title) {
    try (PreparedStatement select =
        host.tx().prepareStatement("select id, title from todos where title = ?")) {
      select.setString(1, title);
      return read(select).stream().findFirst();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public List<Todo> findAll() {
    try (PreparedStatement select =
        host.tx().prepareStatement("select id, title from todos order by id")) {
      return read(select);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static List<Todo> read(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      List<Todo> todos = new ArrayList<>();
      while (rows.next()) {
        todos.add(new Todo(rows.getLong("id"), rows.getString("title")));
      }
      return todos;
    }
  }

  @Override
  public Todo insert(String title) {
    try (PreparedStatement insert =
        host.tx()
            .prepareStatement(
                "insert into todos (title) values (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, title);
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        return new Todo(keys.getLong(1), title);
      }
    } catch (SQLException e) {
      throw TodoAlreadyExistsException.isSaidBy(e) ? new TodoAlreadyExistsException(e) : failed(e);
    }
  }

  private static IllegalStateException failed(SQLException cause) {
    return new IllegalStateException("A statement on the todos failed", cause);
  }
}
