package io.txhost.examples.todo;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Several todos at once, as JSON. */
@RestController
@RequestMapping(path = "/imports", produces = MediaType.APPLICATION_JSON_VALUE)
final class ImportController {
  private final CommandHandler<ImportTodos, List<Todo>> importTodos;

  ImportController(CommandHandler<ImportTodos, List<Todo>> importTodos) {
    this.importTodos = importTodos;
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Answer importAll(@RequestBody NewTodos body) {
    ImportTodos command = body.command();
    List<Todo> created = importTodos.execute(command);
    return new Answer(
        true, created.size() + " of " + command.todos().size() + " todos created", created);
  }

  record Answer(boolean success, String message, List<Todo> todos) {}
}
