package io.txhost.examples.todo;

import io.txhost.TransactionHost;
import io.txhost.context.Context;
import io.txhost.examples.todo.Publication.Delivery;
import org.jdbi.v3.core.Handle;

/** The publications in a database, by Jdbi. */
final class JdbiPublicationRepository implements PublicationRepository {
  private final TransactionHost<Handle> host;

  JdbiPublicationRepository(TransactionHost<Handle> host) {
    this.host = host;
  }

  @Override
  public long insert(String title) {
    return host.tx()
        .createUpdate("insert into publications (title, request_id) values (:title, :request)")
        .bind("title", title)
        .bind("request", Context.current().id())
        .executeAndReturnGeneratedKeys("id")
        .map((row, context) -> row.getLong(1)) // MariaDB names it otherwise
        .one();
  }

  @Override
  public void insert(long publication, Delivery delivery) {
    host.tx()
        .createUpdate(
            "insert into publication_deliveries (publication_id, channel, message, request_id)"
                + " values (:publication, :channel, :message, :request)")
        .bind("publication", publication)
        .bind("channel", delivery.channel())
        .bind("message", delivery.message())
        .bind("request", Context.current().id())
        .execute();
  }
}
