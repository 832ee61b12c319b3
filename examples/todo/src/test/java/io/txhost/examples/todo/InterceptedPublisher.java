package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** One more channel, whose publisher does what a test wants before it writes its row. */
final class InterceptedPublisher implements Publisher {
  private static final Runnable NOTHING = () -> {};

  private final String channel;
  private final PublicationRepository repository;
  volatile Runnable beforeInsert = NOTHING;

  /** The beans of the tests. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Two {
    @Bean
    InterceptedPublisher publisher(PublicationRepository repository) {
      return new InterceptedPublisher("test", repository);
    }

    @Bean
    InterceptedPublisher otherPublisher(PublicationRepository repository) {
      return new InterceptedPublisher("other", repository);
    }
  }

  private InterceptedPublisher(String channel, PublicationRepository repository) {
    this.channel = channel;
    this.repository = repository;
  }

  void reset() {
    beforeInsert = NOTHING;
  }

  @Override
  public String channel() {
    return channel;
  }

  @Override
  public Delivery publish(long publication, String title) {
    beforeInsert.run();
    Delivery delivery = new Delivery(channel(), title);
    repository.insert(publication, delivery);
    return delivery;
  }
}
