package io.txhost.examples.todo;

import io.txhost.examples.todo.Publication.Delivery;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What another program reads is JSON. */
@Component
final class WebhookPublisher implements Publisher {
  private final PublicationRepository repository;
  private final JsonMapper json;

  WebhookPublisher(PublicationRepository repository, JsonMapper json) {
    this.repository = repository;
    this.json = json;
  }

  @Override
  public String channel() {
    return "webhook";
  }

  @Override
  public Delivery publish(long publication, String title) {
    Delivery delivery = new Delivery(channel(), worded(title));
    repository.insert(publication, delivery);
    return delivery;
  }

  private String worded(String title) {
    return json.writeValueAsString(Map.of("published", title));
  }
}
