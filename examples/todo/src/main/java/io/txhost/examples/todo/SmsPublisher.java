package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;
import org.springframework.stereotype.Component;

/** A text message is short. */
@Component
final class SmsPublisher implements Publisher {
  private static final int MAX_CODE_POINTS = 160;

  private final PublicationRepository repository;

  SmsPublisher(PublicationRepository repository) {
    this.repository = repository;
  }

  @Override
  public String channel() {
    return "sms";
  }

  @Override
  public Delivery publish(long publication, String title) {
    Delivery delivery = new Delivery(channel(), worded(title));
    repository.insert(publication, delivery);
    return delivery;
  }

  private static String worded(String title) {
    return title.codePointCount(0, title.length()) <= MAX_CODE_POINTS
        ? title
        : title.substring(0, title.offsetByCodePoints(0, MAX_CODE_POINTS - 1)) + "…";
  }
}
