package io.txhost.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Isolation;
import io.txhost.spi.TransactionListener;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingListenerTest {

  @Test
  void everyEventIsWrittenDown() throws ReflectiveOperationException {
    for (Method event : TransactionListener.class.getMethods()) {
      if (event.getName().equals("isEnabled")) { // a question
        continue;
      }
      assertThat(RecordingListener.class.getMethod(event.getName(), event.getParameterTypes()))
          .as(event.getName())
          .extracting(Method::getDeclaringClass)
          .isEqualTo(RecordingListener.class);
    }
  }

  @Test
  void clearForgets() {
    RecordingListener listener = new RecordingListener();
    listener.began(new Named("orders"));
    assertThat(listener.events()).isEqualTo(List.of("began 'orders'"));

    listener.clear();

    assertThat(listener.events()).isEmpty();
    assertThat(Arrays.asList(TransactionListener.class.getMethods())).isNotEmpty();
  }

  private record Named(String name) implements io.txhost.spi.TransactionInfo {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String host() {
      return "default";
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public Isolation isolation() {
      return Isolation.DEFAULT;
    }

    @Override
    public Instant startedAt() {
      return Instant.EPOCH;
    }

    @Override
    public int nesting() {
      return 0;
    }
  }
}
