package io.txhost.examples.todo;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** One more channel, whose publisher does what a test wants before it writes its row. */
final class InterceptedPublisher extends WordedPublisher {
  private static final Runnable NOTHING = () -> {};

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
    super(channel, repository);
  }

  void reset() {
    beforeInsert = NOTHING;
  }

  @Override
  String worded(String title) {
    beforeInsert.run();
    return title;
  }
}
