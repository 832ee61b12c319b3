package io.txhost.examples.todo;

import jakarta.servlet.RequestDispatcher;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.WebRequest;

/** What those are told whose request failed before it reached a controller, or in the page's. */
@Component
final class RequestErrors extends DefaultErrorAttributes {

  @Override
  public Map<String, @Nullable Object> getErrorAttributes(
      WebRequest request, ErrorAttributeOptions options) {
    Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
    attributes.put("success", false);
    attributes.put("message", message(request));
    return attributes;
  }

  private static String message(WebRequest request) {
    HttpStatus status =
        attribute(request, RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? HttpStatus.resolve(code)
            : null;
    if (status == null || !status.is4xxClientError()) {
      return "An error occurred";
    }
    return attribute(request, RequestDispatcher.ERROR_MESSAGE) instanceof String said
            && !said.isBlank()
        ? said
        : status.getReasonPhrase();
  }

  private static @Nullable Object attribute(WebRequest request, String name) {
    return request.getAttribute(name, RequestAttributes.SCOPE_REQUEST);
  }
}
