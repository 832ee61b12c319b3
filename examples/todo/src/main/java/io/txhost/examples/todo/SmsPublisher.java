package io.txhost.examples.todo;

import org.springframework.stereotype.Component;

/** A text message is short. */
@Component
final class SmsPublisher extends WordedPublisher {
  private static final int MAX_CODE_POINTS = 160;

  SmsPublisher(PublicationRepository repository) {
    super("sms", repository);
  }

  @Override
  String worded(String title) {
    return title.codePointCount(0, title.length()) <= MAX_CODE_POINTS
        ? title
        : title.substring(0, title.offsetByCodePoints(0, MAX_CODE_POINTS - 1)) + "…";
  }
}
