package io.txhost.examples.todo;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Publications as JSON. */
@RestController
@RequestMapping(path = "/publications", produces = MediaType.APPLICATION_JSON_VALUE)
final class PublicationController {
  private final CommandHandler<Publish, Publication> publish;

  PublicationController(CommandHandler<Publish, Publication> publish) {
    this.publish = publish;
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Answer publish(@RequestBody NewPublication body) {
    return new Answer(true, "Published", publish.execute(body.command()));
  }

  record Answer(boolean success, String message, Publication publication) {}
}
