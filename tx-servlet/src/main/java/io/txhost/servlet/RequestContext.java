package io.txhost.servlet;

import io.txhost.context.LoggedId;
import io.txhost.context.OpenContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
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

  /**
   * For a dispatch that failed when asynchronous work had been started. There Tomcat shows the
   * error page and calls {@code onError}, but then neither {@code onComplete} nor {@code
   * requestDestroyed}.
   */
  static void endAfterErrorOf(ServletRequest request, Throwable failure) {
    RequestContext context = of(request);
    try {
      if (context != null && request.isAsyncStarted()) {
        request.getAsyncContext().addListener(new EndOfFailedRequest(context));
      }
    } catch (IllegalStateException completedMeanwhile) { // then the container tells of its end
      failure.addSuppressed(completedMeanwhile);
    }
  }

  /** A dispatch that comes nevertheless has a context of its own. */
  private void close() {
    OpenContext open = opened;
    opened = null;
    asked = false;
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
        context.close();
      }
    }
  }

  private record EndOfFailedRequest(RequestContext context) implements AsyncListener {
    @Override
    public void onError(AsyncEvent event) {
      context.close();
    }

    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
