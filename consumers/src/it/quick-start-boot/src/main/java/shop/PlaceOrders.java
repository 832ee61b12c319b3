package shop;

import io.txhost.Transactional;
import java.sql.SQLException;
import java.util.List;
import org.springframework.stereotype.Service;

@Service
class PlaceOrders { // says where a transaction starts and ends
  private final Orders orders;

  PlaceOrders(Orders orders) {
    this.orders = orders;
  }

  @Transactional
  public void execute(int firstId, List<String> articles) throws SQLException {
    int id = firstId;
    for (String article : articles) {
      orders.insert(id++, article);
    }
  }
}
