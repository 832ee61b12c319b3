package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.TransactionRequiredException;
import io.txhost.test.TxTest;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
@TxTest // undoes each test
class ShopTest {
  @Autowired PlaceOrders placeOrders;
  @Autowired Orders orders;

  @Test
  void ordersAreKeptTogether() throws SQLException {
    placeOrders.execute(1, List.of("tea", "milk"));

    assertThat(orders.articles()).containsExactly("tea", "milk");
  }

  @Test
  void whereOneFailsNoneIsKept() throws SQLException {
    placeOrders.execute(2, List.of("tea"));

    assertThatThrownBy(() -> placeOrders.execute(1, List.of("milk", "sugar"))) // 2 is taken
        .isInstanceOf(SQLException.class);

    assertThat(orders.articles()).containsExactly("tea");
  }

  @Test
  void aWriteOutsideATransactionIsRefused() throws SQLException {
    assertThatThrownBy(() -> orders.insert(1, "tea"))
        .isInstanceOf(TransactionRequiredException.class);

    assertThat(orders.articles()).isEmpty();
  }
}
