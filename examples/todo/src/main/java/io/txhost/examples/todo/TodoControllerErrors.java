package io.txhost.examples.todo;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What those are told whose request for JSON failed. */
@RestControllerAdvice(
    assignableTypes = {TodoController.class, ImportController.class, PublicationController.class})
final class TodoControllerErrors {
  private static final Logger LOG = LoggerFactory.getLogger(TodoControllerErrors.class);

  @ExceptionHandler
  ResponseEntity<Reply> invalid(InvalidTitleException e) {
    return reply(HttpStatus.BAD_REQUEST, e.problem());
  }

  @ExceptionHandler
  ResponseEntity<Reply> invalid(InvalidChannelsException e) {
    return reply(HttpStatus.BAD_REQUEST, e.problem());
  }

  @ExceptionHandler
  ResponseEntity<Reply> unreadable(HttpMessageNotReadableException e, HttpServletRequest request) {
    return NestedExceptionUtils.getMostSpecificCause(e) instanceof BodyTooLargeException tooLarge
        ? reply(HttpStatus.CONTENT_TOO_LARGE, tooLarge.getMessage())
        : reply(HttpStatus.BAD_REQUEST, "The body is not a JSON object like " + example(request));
  }

  private static String example(HttpServletRequest request) {
    return switch (request.getRequestURI().replaceFirst("^/([a-z]+).*", "$1")) {
      case "publications" -> "{\"title\":\"My News\",\"channels\":[\"email\"]}";
      case "imports" -> "{\"titles\":[\"My Todo\"]}";
      default -> "{\"title\":\"My Todo\"}";
    };
  }

  @ExceptionHandler
  ResponseEntity<Reply> unexpected(Throwable e, HttpServletRequest request) {
    if (e instanceof ErrorResponse theirs && theirs.getStatusCode().is4xxClientError()) {
      return reply(theirs.getStatusCode(), theirs.getBody().getDetail());
    }
    LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
    return reply(HttpStatus.INTERNAL_SERVER_ERROR, "An error occurred");
  }

  private static ResponseEntity<Reply> reply(HttpStatusCode status, @Nullable String message) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(Reply.refused(message == null ? "The request was refused" : message));
  }
}
