package io.txhost.servlet;

import io.txhost.context.Context;
import io.txhost.context.ContextCallable;
import io.txhost.context.ContextEntry;
import io.txhost.context.ContextInitializer;
import io.txhost.context.ContextMode;
import io.txhost.context.LoggedId;
import io.txhost.context.OpenContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens a {@link Context} for each request. All of its dispatches, asynchronous and error ones too,
 * are in the same context, which ends when the request is over: when the container first sends
 * {@code requestDestroyed} for it, which Tomcat does after all of them, or {@code onError} for a
 * dispatch that threw after {@code startAsync}.
 *
 * <p>With Spring Boot it is added by a bean that comes before all filters:
 *
 * <pre>{@code
 * @Component
 * class ContextPerRequest implements ServletContextInitializer, PriorityOrdered {
 *   @Override public void onStartup(ServletContext application) {
 *     ContextFilter.create().addTo(application);
 *   }
 *
 *   @Override public int getOrder() {
 *     return HIGHEST_PRECEDENCE;
 *   }
 * }
 * }</pre>
 *
 * <p>A lambda has no order there, even under {@code @Order}: other filters would then be outside.
 *
 * <p>The context's id is the request's header {@value #DEFAULT_ID_HEADER}, or another, where it is
 * {@linkplain Context#isAcceptableId acceptable}; else it is generated. A header that is not
 * acceptable is no error and is not repeated anywhere. While a dispatch runs the id is in the log's
 * MDC, under {@code requestId}, where SLF4J is there.
 *
 * <p>The answer has the id, too, in the same header or the one that {@link #answerHeader} names, so
 * that whoever reports a failure can say which request it was.
 *
 * <p>Needs the Servlet API 6.1; nothing of Spring.
 *
 * <p><b>Threads:</b> immutable; serves every thread at once.
 */
public final class ContextFilter implements Filter {
  /** What is read where no other header is named. */
  public static final String DEFAULT_ID_HEADER = "X-Request-Id";

  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  private final List<ContextInitializer<? super HttpServletRequest>> initializers;
  private final @Nullable String idHeader;
  private final @Nullable String answerHeader;
  private final ContextEntry<HttpServletRequest> entry;

  private ContextFilter(
      List<ContextInitializer<? super HttpServletRequest>> initializers,
      @Nullable String idHeader,
      @Nullable String answerHeader) {
    this.initializers = initializers;
    this.idHeader = idHeader;
    this.answerHeader = answerHeader;
    List<ContextInitializer<? super HttpServletRequest>> all = new ArrayList<>(initializers);
    if (idHeader != null) {
      all.add(new IdHeader(idHeader));
    }
    this.entry = ContextEntry.of(all);
  }

  /** Without initializers. */
  public static ContextFilter create() {
    return withInitializers(List.of());
  }

  /**
   * With these initializers, in this order: they run once for each request, at its first dispatch.
   * An id that one of them gives comes before the header's.
   */
  public static ContextFilter withInitializers(
      List<? extends ContextInitializer<? super HttpServletRequest>> initializers) {
    return new ContextFilter(List.copyOf(initializers), DEFAULT_ID_HEADER, DEFAULT_ID_HEADER);
  }

  /**
   * A copy that takes ids from this header, and answers with it unless another was chosen; it takes
   * them from none where it is null, for applications whose callers should not choose what is in
   * the log.
   *
   * @throws IllegalArgumentException TXH-208 if it is no header's name
   */
  public ContextFilter idHeader(@Nullable String name) {
    boolean answersWithIt = Objects.equals(idHeader, answerHeader);
    return new ContextFilter(
        initializers, checked(name), name != null && answersWithIt ? name : answerHeader);
  }

  /**
   * A copy that answers with the context's id in this header; without one where it is null. Unless
   * chosen it is the header that ids are taken from, {@value #DEFAULT_ID_HEADER} at first. What the
   * application sets there itself stays.
   *
   * @throws IllegalArgumentException TXH-208 if it is no header's name
   */
  public ContextFilter answerHeader(@Nullable String name) {
    return new ContextFilter(initializers, idHeader, checked(name));
  }

  private static @Nullable String checked(@Nullable String name) {
    if (name != null && !HEADER_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "TXH-208 A header's name has letters, digits and some signs such as -, and nothing else;"
              + " this one, of "
              + name.length()
              + " characters, has others");
    }
    return name;
  }

  /**
   * An id has nothing in it that could begin another header; an answer that is on its way stays.
   */
  private void answer(ServletResponse response, Context context) {
    if (answerHeader != null
        && response instanceof HttpServletResponse answer
        && !answer.isCommitted()
        && !answer.containsHeader(answerHeader)) {
      answer.setHeader(answerHeader, context.id());
    }
  }

  /**
   * Adds this filter to an application that is being started, for every path and every kind of
   * dispatch, and what tells it that a request is over. Filters that are added later are inside.
   *
   * @throws IllegalStateException if the application has been started, or has a filter of this name
   */
  public void addTo(ServletContext application) {
    FilterRegistration.@Nullable Dynamic added =
        application.addFilter(ContextFilter.class.getName(), this);
    if (added == null) {
      throw new IllegalStateException(
          "TXH-619 The application has a ContextFilter already: add one filter, with all"
              + " initializers");
    }
    added.setAsyncSupported(true);
    added.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    application.addListener(new RequestContext.EndOfRequest());
  }

  /**
   * Runs what follows in the request's context.
   *
   * @throws ServletException what follows throws; or if this filter was added otherwise than by
   *     {@link #addTo}
   * @throws IOException what follows throws
   */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    RequestContext context = RequestContext.of(request);
    if (context == null) {
      throw new ServletException(
          "TXH-614 ContextFilter cannot know when this request is over: add it by addTo(..), which"
              + " adds a listener too");
    }
    OpenContext open = context.opened(() -> opened((HttpServletRequest) request));
    if (open == null) {
      chain.doFilter(request, response);
    } else if (isInside(request)) {
      inLog(Context.current(), following(request, response, chain)).call();
    } else {
      answer(response, open.context());
      open.call(inLog(open.context(), outermost(request, following(request, response, chain))));
    }
  }

  private OpenContext opened(HttpServletRequest request) {
    return entry.open(ContextMode.INHERIT, request);
  }

  /**
   * A dispatch within another one; a forward or an include may be within a context that was opened
   * around it.
   */
  private static boolean isInside(ServletRequest request) {
    DispatcherType type = request.getDispatcherType();
    return Context.isActive() && (type == DispatcherType.FORWARD || type == DispatcherType.INCLUDE);
  }

  private static ContextCallable<@Nullable Void, RuntimeException> inLog(
      Context context, ContextCallable<@Nullable Void, RuntimeException> work) {
    return () -> LoggedId.<@Nullable Void, RuntimeException>of(context, work);
  }

  /** What a dispatch within another one throws may be caught there. */
  private static ContextCallable<@Nullable Void, RuntimeException> outermost(
      ServletRequest request, ContextCallable<@Nullable Void, RuntimeException> work) {
    return () -> {
      try {
        return work.call();
      } catch (Throwable e) {
        RequestContext.endAfterErrorOf(request, e);
        throw e;
      }
    };
  }

  private static ContextCallable<@Nullable Void, RuntimeException> following(
      ServletRequest request, ServletResponse response, FilterChain chain) {
    return () -> {
      try {
        chain.doFilter(request, response);
      } catch (IOException | ServletException e) {
        ContextFilter.<RuntimeException>rethrow(e);
      }
      return null;
    };
  }

  /** Unchanged, as the caller declares it: a lambda can name one type only. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void rethrow(Throwable failure) throws X {
    throw (X) failure;
  }

  /** The last to be asked. */
  private record IdHeader(String name) implements ContextInitializer<HttpServletRequest> {
    private IdHeader {
      Objects.requireNonNull(name, "name");
    }

    @Override
    public void initialize(Context context, HttpServletRequest source) {}

    @Override
    public @Nullable String id(HttpServletRequest source) {
      return source.getHeader(name);
    }
  }
}
