package io.txhost.spring.page;

import io.txhost.Transactional;
import java.sql.SQLException;
import java.util.List;
import org.springframework.stereotype.Service;

@Service
class PlaceOrders {
  private final Orders orders;

  PlaceOrders(Orders orders) {
    this.orders = orders;
  }

  @Transactional
  public void execute(List<String> items) throws SQLException {
    for (String item : items) {
      orders.insert(item);
    }
  }
}
