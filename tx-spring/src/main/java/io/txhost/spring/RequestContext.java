package io.txhost.spring;

import io.txhost.context.OpenContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one context of one request, kept in an attribute of it from its first dispatch to its end.
 *
 * <p><b>Threads:</b> the dispatches of a request follow one another, each sees what the last one
 * did.
 */
final class RequestContext {
  private static final String ATTRIBUTE = RequestContext.class.getName();

  private @Nullable OpenContext opened;
  private boolean asked;
  private int dispatches;

  /** The request's; null where {@link EndOfRequest} does not listen. */
  static @Nullable RequestContext of(ServletRequest request) {
    return (RequestContext) request.getAttribute(ATTRIBUTE);
  }

  /**
   * Opens it at the first call. Null where that failed: the error page is then shown without, and
   * no initializer runs again.
   */
  @Nullable OpenContext opened(Supplier<OpenContext> opening) {
    if (!asked) {
      asked = true;
      opened = opening.get();
    }
    return opened;
  }

  private void close() {
    OpenContext open = opened;
    if (open != null) {
      LoggedId.<@Nullable Void, RuntimeException>of(
          open.context(),
          () -> {
            open.close();
            return null;
          });
    }
  }

  /**
   * Tells when a request is over: after its error dispatch, and after asynchronous work. A filter
   * cannot know that. Some containers tell of the dispatches within a request, too: Tomcat of
   * forwards, where {@code fireRequestListenersOnForwards} is set.
   */
  static final class EndOfRequest implements ServletRequestListener {
    @Override
    public void requestInitialized(ServletRequestEvent event) {
      ServletRequest request = event.getServletRequest();
      RequestContext context = of(request);
      if (context == null) {
        context = new RequestContext();
        request.setAttribute(ATTRIBUTE, context);
      }
      context.dispatches++;
    }

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
      RequestContext context = of(event.getServletRequest());
      if (context != null && --context.dispatches == 0) {
        event.getServletRequest().removeAttribute(ATTRIBUTE);
        context.close();
      }
    }
  }
}
