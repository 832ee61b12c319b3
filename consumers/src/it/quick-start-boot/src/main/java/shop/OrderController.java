package shop;

import java.sql.SQLException;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OrderController { // knows nothing of transactions
  private final PlaceOrders placeOrders;
  private final Orders orders;

  OrderController(PlaceOrders placeOrders, Orders orders) {
    this.placeOrders = placeOrders;
    this.orders = orders;
  }

  @PostMapping("/orders/{firstId}")
  void place(@PathVariable("firstId") int firstId, @RequestBody List<String> articles)
      throws SQLException {
    placeOrders.execute(firstId, articles);
  }

  @GetMapping("/orders")
  List<String> articles() throws SQLException {
    return orders.articles();
  }
}
