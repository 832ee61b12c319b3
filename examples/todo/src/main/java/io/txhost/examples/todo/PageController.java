package io.txhost.examples.todo;

import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;

/** The page at {@code /}: lists the todos and adds one. It needs no JavaScript. */
@Controller
final class PageController {
  private final TodoService todos;
  private final CommandHandler<CreateTodo, Todo> createTodo;

  PageController(TodoService todos, CommandHandler<CreateTodo, Todo> createTodo) {
    this.todos = todos;
    this.createTodo = createTodo;
  }

  @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
  ModelAndView show(@RequestParam(required = false) @Nullable String created) {
    return page(HttpStatus.OK).addObject("created", created != null);
  }

  /**
   * Redirects once something was created, so that reloading the page does not send the form again.
   */
  @PostMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
  ModelAndView create(@RequestParam(required = false) @Nullable String title) {
    try {
      createTodo.execute(CreateTodo.titled(title));
      return new ModelAndView(seeOther("/?created"));
    } catch (InvalidTitleException e) {
      return refused(HttpStatus.BAD_REQUEST, e.problem(), title);
    } catch (TodoAlreadyExistsException e) {
      return refused(HttpStatus.CONFLICT, e.problem(), title);
    }
  }

  /** A form that is no form, or a huge one: Tomcat reads it only now. */
  @ExceptionHandler
  ModelAndView unreadable(InvalidParameterException e) {
    return refused(HttpStatus.valueOf(e.getErrorCode()), "The form cannot be read", null);
  }

  private ModelAndView refused(HttpStatus status, String why, @Nullable String title) {
    return page(status).addObject("problem", why).addObject("title", title);
  }

  private ModelAndView page(HttpStatus status) {
    return new ModelAndView("todos", status)
        .addObject("todos", todos.all())
        .addObject("maxLength", CreateTodo.MAX_TITLE_LENGTH);
  }

  private static RedirectView seeOther(String url) {
    RedirectView view = new RedirectView(url);
    view.setStatusCode(HttpStatus.SEE_OTHER);
    return view;
  }
}
