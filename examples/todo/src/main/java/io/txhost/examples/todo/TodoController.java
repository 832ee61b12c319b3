package io.txhost.examples.todo;

import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Todos as JSON. */
@RestController
@RequestMapping(path = "/todos", produces = MediaType.APPLICATION_JSON_VALUE)
final class TodoController {
  private final TodoService todos;
  private final CommandHandler<CreateTodo, Todo> createTodo;

  TodoController(TodoService todos, CommandHandler<CreateTodo, Todo> createTodo) {
    this.todos = todos;
    this.createTodo = createTodo;
  }

  /** Outside any transaction: the one statement commits by itself. */
  @GetMapping
  List<Todo> all() {
    return todos.all();
  }

  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Reply create(@RequestBody NewTodo body) {
    try {
      return Reply.created(createTodo.execute(body.command()));
    } catch (TodoAlreadyExistsException e) { // the transaction is over, rolled back
      return Reply.refused(e.problem());
    }
  }
}
