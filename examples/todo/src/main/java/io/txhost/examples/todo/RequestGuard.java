package io.txhost.examples.todo;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;

/**
 * Refuses bodies that are too large, and forms that other sites send.
 *
 * <p>There is no session and no cookie, so another site's form would have no right that its author
 * has not. But it would come from this user's browser, which may reach what its author cannot: an
 * application on 127.0.0.1. Browsers say where a request comes from, so no token is needed. What is
 * not a form a browser does not send to another site unasked.
 */
@Component
final class RequestGuard extends OncePerRequestFilter {
  static final int MAX_BODY_BYTES = 16 * 1024;

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
            + " base-uri 'none'; frame-ancestors 'none'");
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (isFromElsewhere(request)) {
      response.sendError(HttpStatus.FORBIDDEN.value(), "Other sites may not change anything here");
    } else if (request.getContentLengthLong() > MAX_BODY_BYTES) {
      response.sendError(
          HttpStatus.CONTENT_TOO_LARGE.value(),
          new BodyTooLargeException(MAX_BODY_BYTES).getMessage());
    } else {
      chain.doFilter(new LimitedRequest(request), response);
    }
  }

  private static boolean isFromElsewhere(HttpServletRequest request) {
    @Nullable String site = request.getHeader("Sec-Fetch-Site");
    return site != null && !OWN_SITE.contains(site) && !READING.contains(request.getMethod());
  }

  /** Counts what is read: a body sent in chunks does not say how large it is. */
  private static final class LimitedRequest extends ContentCachingRequestWrapper {

    LimitedRequest(HttpServletRequest request) {
      super(request, MAX_BODY_BYTES);
    }

    @Override
    protected void handleContentOverflow(int limit) {
      throw new BodyTooLargeException(limit);
    }
  }
}
