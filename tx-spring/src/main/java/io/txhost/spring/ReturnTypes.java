package io.txhost.spring;

import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.springframework.core.ResolvableType;

/** What a method may hand out before its work is done, or before its result is read. */
final class ReturnTypes {

  /**
   * By name: none of these libraries is needed. What is a publisher there is a {@code Publisher}.
   */
  private static final Set<String> ASYNCHRONOUS =
      Set.of(
          "org.reactivestreams.Publisher",
          "kotlinx.coroutines.flow.Flow",
          "kotlinx.coroutines.Job",
          "io.reactivex.rxjava3.core.ObservableSource",
          "io.reactivex.rxjava3.core.SingleSource",
          "io.reactivex.rxjava3.core.MaybeSource",
          "io.reactivex.rxjava3.core.CompletableSource",
          "io.smallrye.mutiny.Uni",
          "org.springframework.web.context.request.async.DeferredResult",
          "org.springframework.web.context.request.async.WebAsyncTask");

  private static final String CONTINUATION = "kotlin.coroutines.Continuation";

  private ReturnTypes() {}

  /** Whether the work may still run, on another thread, when the method has returned. */
  static boolean isAsynchronous(Method method, Class<?> type) {
    Class<?> result = resultOf(method, type);
    return isFuture(result)
        || Flow.Publisher.class.isAssignableFrom(result)
        || Callable.class.isAssignableFrom(result) // which Spring MVC runs on another thread
        || NamedTypes.isAny(result, ASYNCHRONOUS)
        || isSuspending(method);
  }

  /** Whether {@code @Async} can return it. */
  static boolean isFuture(Class<?> result) {
    return Future.class.isAssignableFrom(result) || CompletionStage.class.isAssignableFrom(result);
  }

  /** Whether it may read from the database when the method has returned. */
  static boolean isLazy(Method method, Class<?> type) {
    Class<?> result = resultOf(method, type);
    return BaseStream.class.isAssignableFrom(result) || Iterator.class.isAssignableFrom(result);
  }

  static Class<?> resultOf(Method method, Class<?> type) {
    return ResolvableType.forMethodReturnType(method, type).resolve(method.getReturnType());
  }

  private static boolean isSuspending(Method method) {
    Class<?>[] parameters = method.getParameterTypes();
    return parameters.length > 0
        && parameters[parameters.length - 1].getName().equals(CONTINUATION);
  }
}
