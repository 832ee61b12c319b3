package io.txhost.examples.todo.waterfall;

import io.txhost.context.Context;
import io.txhost.examples.todo.waterfall.Event.Lane;
import io.txhost.examples.todo.waterfall.Recording.Ending;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives each request's context the recording that the listener writes into. */
@Component
final class RecordingFilter extends OncePerRequestFilter {

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Context context = Context.current();
    Recording recording =
        new Recording(
            Visible.shortened(request.getMethod() + " " + request.getRequestURI()),
            context.id(),
            Lane.here(),
            System.nanoTime());
    context.set(Recording.KEY, recording);
    try {
      chain.doFilter(request, response);
      recording.end(new Ending(System.nanoTime(), response.getStatus(), ""));
    } catch (Throwable failure) {
      recording.end(failed(failure));
      throw failure;
    }
  }

  private static Ending failed(Throwable failure) {
    return new Ending(System.nanoTime(), 500, Failures.innermost(failure));
  }
}
