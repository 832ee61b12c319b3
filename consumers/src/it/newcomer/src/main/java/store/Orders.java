package store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.txhost.TransactionHost;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.springframework.stereotype.Repository;

@Repository
public class Orders {
  private static final Field<String> ITEM = field("item", String.class);
  private static final Field<Integer> AMOUNT = field("amount", Integer.class);
  private static final Field<Long> ID = field("id", Long.class);
  private static final Field<Boolean> EXPIRED = field("expired", Boolean.class);

  private final TransactionHost<DSLContext> host;

  public Orders(TransactionHost<DSLContext> host) {
    this.host = host;
  }

  public int stockOf(String item) {
    return host.tx().select(AMOUNT).from(table("stock")).where(ITEM.eq(item)).fetchSingle(AMOUNT);
  }

  public void setStock(String item, int amount) {
    host.tx().update(table("stock")).set(AMOUNT, amount).where(ITEM.eq(item)).execute();
  }

  public long insert(PlaceOrder order) {
    return host.tx()
        .insertInto(table("orders"), ITEM, AMOUNT)
        .values(order.item(), order.amount())
        .returningResult(ID)
        .fetchSingle(ID);
  }

  public int expire(String item) {
    return host.tx()
        .update(table("orders"))
        .set(EXPIRED, true)
        .where(ITEM.eq(item).and(EXPIRED.isFalse()))
        .execute();
  }

  public List<Long> ids(String item) {
    return host.tx().select(ID).from(table("orders")).where(ITEM.eq(item)).orderBy(ID).fetch(ID);
  }
}
