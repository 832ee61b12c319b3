package store;

import io.txhost.Transactional;
import java.sql.SQLException;
import org.springframework.stereotype.Service;

@Service
class PlaceOrders { // says where it starts and ends
  private final Orders orders;

  PlaceOrders(Orders orders) {
    this.orders = orders;
  }

  @Transactional
  public void execute(int... ids) throws SQLException {
    for (int id : ids) {
      orders.insert(id);
    }
  }
}
