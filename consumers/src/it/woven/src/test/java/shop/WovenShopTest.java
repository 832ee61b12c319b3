package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.txhost.test.NothingLeftBehind;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Compile-time weaving by the real plugin. */
@ExtendWith(NothingLeftBehind.class)
final class WovenShopTest {

  @Test
  void selfCallsPrivateMethodsAndPostConstructAreInTransactions() throws SQLException {
    try (var shop = new AnnotationConfigApplicationContext(Shop.class)) {
      Orders orders = shop.getBean(Orders.class);
      assertThat(orders.count()).as("by @PostConstruct").isEqualTo(1);

      orders.insertBoth(1, 2);
      assertThatThrownBy(() -> orders.insertBoth(3, 1)).isInstanceOf(SQLException.class);
      assertThat(orders.count()).as("both or none").isEqualTo(3);

      assertThatThrownBy(() -> orders.insertEach(4, 1, 5)).isInstanceOf(SQLException.class);
      assertThat(orders.count()).as("each alone").isEqualTo(4);

      assertThatThrownBy(() -> orders.insertThenFail(6)).hasMessage("after 6");
      assertThat(orders.count()).as("REQUIRES_NEW by a self-call").isEqualTo(5);
    }
  }

  @Test
  void anObjectThatIsNoBeanIsRefused() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new Orders(null).insertBoth(1, 2))
        .withMessageStartingWith("TXH-682 Orders.insertBoth(int, int) is woven, and was not run");
  }
}
