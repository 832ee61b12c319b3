package io.txhost.examples.todo;

import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What another program reads is JSON. */
@Component
final class WebhookPublisher extends WordedPublisher {
  private final JsonMapper json;

  WebhookPublisher(PublicationRepository repository, JsonMapper json) {
    super("webhook", repository);
    this.json = json;
  }

  @Override
  String worded(String title) {
    return json.writeValueAsString(Map.of("published", title));
  }
}
