package io.txhost.examples.todo;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.txhost.TransactionHost;
import io.txhost.context.Context;
import io.txhost.examples.todo.Publication.Delivery;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The publications in a database, by jOOQ. */
final class JooqPublicationRepository implements PublicationRepository {
  private static final Table<Record> PUBLICATIONS = table("publications");
  private static final Field<Long> ID = field("id", Long.class);
  private static final Field<String> TITLE = field("title", String.class);
  private static final Table<Record> DELIVERIES = table("publication_deliveries");
  private static final Field<Long> PUBLICATION = field("publication_id", Long.class);
  private static final Field<String> CHANNEL = field("channel", String.class);
  private static final Field<String> MESSAGE = field("message", String.class);
  private static final Field<String> REQUEST = field("request_id", String.class);

  private final TransactionHost<DSLContext> host;

  JooqPublicationRepository(TransactionHost<DSLContext> host) {
    this.host = host;
  }

  @Override
  public long insert(String title) {
    return Objects.requireNonNull(
        host.tx()
            .insertInto(PUBLICATIONS)
            .set(TITLE, title)
            .set(REQUEST, Context.current().id())
            .returning(ID)
            .fetchSingle(ID));
  }

  @Override
  public void insert(long publication, Delivery delivery) {
    host.tx()
        .insertInto(DELIVERIES)
        .set(PUBLICATION, publication)
        .set(CHANNEL, delivery.channel())
        .set(MESSAGE, delivery.message())
        .set(REQUEST, Context.current().id())
        .execute();
  }
}
