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

  /** Its template, say, through which an application calls. */
  private static final String SPRINGS = "org.springframework.";

  private static final @Nullable CodeSource OURS = sourceOf(Caller.class);

  private Caller() {}

  static String nameOr(String other) {
    return nameOr(Caller.class, other);
  }

  /**
   * Passes over what belongs to a bridge, too, and over what has called that.
   *
   * @param bridge one of the bridge's classes
   */
  static String nameOr(Class<?> bridge, String other) {
    CodeSource bridges = sourceOf(bridge);
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> isUsers(frame.getDeclaringClass(), bridges))
                .findFirst()
                .map(Caller::label)
                .orElse(other));
  }

  private static boolean isUsers(Class<?> type, @Nullable CodeSource bridges) {
    return type.getClassLoader() != null
        && !Proxy.isProxyClass(type)
        && !type.getName().contains("$$")
        && !type.getName().startsWith(SPRINGS)
        && !isOurs(type, bridges);
  }

  /** Of tests in our packages the place differs. */
  private static boolean isOurs(Class<?> type, @Nullable CodeSource bridges) {
    CodeSource source = sourceOf(type);
    return type.getPackageName().startsWith("io.txhost")
        && (Objects.equals(OURS, source) || Objects.equals(bridges, source));
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
