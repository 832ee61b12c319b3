package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import io.txhost.context.Context;
import io.txhost.examples.todo.Publication.Delivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The publications in a database, by plain JDBC. */
final class JdbcPublicationRepository implements PublicationRepository {
  private final TransactionHost<Connection> host;

  JdbcPublicationRepository(TransactionHost<Connection> host) {
    this.host = host;
  }

  @Override
  public long insert(String title) {
    try (PreparedStatement insert =
        host.tx()
            .prepareStatement(
                "insert into publications (title, request_id) values (?, ?)",
                Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, title);
      insert.setString(2, Context.current().id());
      insert.executeUpdate();
      try (ResultSet keys = insert.getGeneratedKeys()) {
        keys.next();
        return keys.getLong(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("A publication could not be stored", e);
    }
  }

  @Override
  public void insert(long publication, Delivery delivery) {
    try (PreparedStatement insert =
        host.tx()
            .prepareStatement(
                "insert into publication_deliveries (publication_id, channel, message, request_id)"
                    + " values (?, ?, ?, ?)")) {
      insert.setLong(1, publication);
      insert.setString(2, delivery.channel());
      insert.setString(3, delivery.message());
      insert.setString(4, Context.current().id());
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException("A delivery could not be stored", e);
    }
  }
}
