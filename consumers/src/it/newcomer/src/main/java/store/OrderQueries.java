package store;

import io.txhost.Transactional;
import java.util.List;
import org.springframework.stereotype.Service;

@Service
public class OrderQueries {
  private final Orders orders;

  public OrderQueries(Orders orders) {
    this.orders = orders;
  }

  @Transactional(readOnly = true)
  public List<Long> ordersOf(String item) {
    return orders.ids(item);
  }

  /** A mistake: it writes. */
  @Transactional(readOnly = true)
  public int expiredByMistake(String item) {
    return orders.expire(item);
  }
}
