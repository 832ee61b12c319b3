package io.txhost;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.lang.reflect.Proxy;
import java.security.CodeSource;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The method outside this library, and outside the JDK, that has called it. */
final class Caller {
  private static final StackWalker STACK = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);
  private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+)\\$\\d+");
  private static final @Nullable CodeSource OURS = sourceOf(Caller.class);

  private Caller() {}

  static String nameOr(String other) {
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> isUsers(frame.getDeclaringClass()))
                .findFirst()
                .map(Caller::label)
                .orElse(other));
  }

  private static boolean isUsers(Class<?> type) {
    return type.getClassLoader() != null
        && !Proxy.isProxyClass(type)
        && !type.getName().contains("$$")
        && !isOurs(type);
  }

  /** Of tests in our packages the place differs. */
  private static boolean isOurs(Class<?> type) {
    return type.getPackageName().startsWith("io.txhost") && Objects.equals(OURS, sourceOf(type));
  }

  private static @Nullable CodeSource sourceOf(Class<?> type) {
    return type.getProtectionDomain().getCodeSource();
  }

  private static String label(StackFrame frame) {
    String type = frame.getClassName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + method(frame.getMethodName());
  }

  /** Of a lambda the method that it stands in. */
  private static String method(String name) {
    Matcher lambda = LAMBDA.matcher(name);
    return lambda.matches() ? lambda.group(1) : name;
  }
}
