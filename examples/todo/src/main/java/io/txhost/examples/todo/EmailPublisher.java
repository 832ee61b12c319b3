package io.txhost.examples.todo;

import org.springframework.stereotype.Component;

/** An e-mail has a subject. */
@Component
final class EmailPublisher extends WordedPublisher {

  EmailPublisher(PublicationRepository repository) {
    super("email", repository);
  }

  @Override
  String worded(String title) {
    return "Subject: " + title;
  }
}
