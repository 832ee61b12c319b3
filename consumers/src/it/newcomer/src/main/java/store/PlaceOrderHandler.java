package store;

import io.txhost.Isolation;
import io.txhost.Retry;
import io.txhost.TransactionHost;
import io.txhost.Transactional;
import org.springframework.stereotype.Component;

@Component
public class PlaceOrderHandler {
  private final Orders orders;
  private final Audit audit;
  private final Mails mails;
  private final TransactionHost<?> host;

  public PlaceOrderHandler(Orders orders, Audit audit, Mails mails, TransactionHost<?> host) {
    this.orders = orders;
    this.audit = audit;
    this.mails = mails;
    this.host = host;
  }

  @Transactional(isolation = Isolation.SERIALIZABLE, retry = @Retry(maxAttempts = 10))
  public long execute(PlaceOrder command) throws OutOfStockException {
    audit.note("asked for " + command.item());
    int left = orders.stockOf(command.item()) - command.amount();
    if (left < 0) {
      throw new OutOfStockException(command.item());
    }
    orders.setStock(command.item(), left);
    long id = orders.insert(command);
    host.currentTransaction().orElseThrow().afterCommit(() -> mails.confirm(id));
    return id;
  }
}
