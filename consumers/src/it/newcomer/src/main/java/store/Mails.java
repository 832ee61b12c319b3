package store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

@Component
public class Mails {
  private final List<Long> confirmed = new CopyOnWriteArrayList<>();

  public void confirm(long order) {
    confirmed.add(order);
  }

  public List<Long> confirmed() {
    return confirmed;
  }
}
