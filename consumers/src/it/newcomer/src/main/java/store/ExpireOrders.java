package store;

import io.txhost.Transactional;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
public class ExpireOrders {
  private final Orders orders;

  public ExpireOrders(Orders orders) {
    this.orders = orders;
  }

  @Scheduled(fixedDelayString = "${store.expire-every}")
  @Transactional
  public void expire() {
    orders.expire("milk");
  }
}
