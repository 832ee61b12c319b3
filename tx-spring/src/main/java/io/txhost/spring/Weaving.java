package io.txhost.spring;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.util.ClassUtils;

/**
 * Which methods the {@link TransactionalAspect} is woven into. Told by what a weaver leaves in a
 * class: the body of each woven method in a method beside it. Other aspects leave the same; where
 * the class file has it, the file must name our aspect; where only the loaded class has it, a
 * load-time weaver was there, which finds our aspect in {@code META-INF/aop.xml}.
 */
final class Weaving {
  private static final String BODY = "_aroundBody";
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\$advice)?");
  private static final String ASPECT = "io/txhost/spring/TransactionalAspect";

  private static final ClassValue<Set<Method>> WOVEN =
      new ClassValue<>() {
        @Override
        protected Set<Method> computeValue(Class<?> type) {
          return wovenIn(type);
        }
      };

  private static final ClassValue<Boolean> HAS_WOVEN =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return anyWoven(type);
        }
      };

  private Weaving() {}

  static boolean isWoven(Method method) {
    return WOVEN.get(method.getDeclaringClass()).contains(method);
  }

  /** Whether the class, one above it or one of its interfaces has a woven method. */
  static boolean hasWovenMethods(Class<?> type) {
    return HAS_WOVEN.get(type);
  }

  private static boolean anyWoven(Class<?> type) {
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      if (!WOVEN.get(c).isEmpty()) {
        return true;
      }
    }
    return NearestAnnotation.interfacesOf(type).stream().anyMatch(i -> !WOVEN.get(i).isEmpty());
  }

  private static Set<Method> wovenIn(Class<?> type) {
    Method[] methods = type.getDeclaredMethods();
    List<Method> bodies =
        Arrays.stream(methods)
            .filter(m -> Modifier.isStatic(m.getModifiers()) && m.getName().contains(BODY))
            .toList();
    if (bodies.isEmpty()) {
      return Set.of();
    }
    String file = classFile(type);
    boolean isNamed = file.contains(ASPECT);
    Set<Method> woven = new HashSet<>();
    for (Method method : methods) {
      if (bodies.stream()
          .anyMatch(body -> isBodyOf(body, method) && (isNamed || !has(file, body)))) {
        woven.add(method);
      }
    }
    return Set.copyOf(woven);
  }

  private static boolean isBodyOf(Method body, Method method) {
    String start = method.getName() + BODY;
    return body.getName().startsWith(start)
        && NUMBER.matcher(body.getName().substring(start.length())).matches()
        && takesAllOf(body.getParameterTypes(), method);
  }

  private static boolean takesAllOf(Class<?>[] taken, Method method) {
    Class<?>[] parameters = method.getParameterTypes();
    int first = Modifier.isStatic(method.getModifiers()) ? 0 : 1; // before them the object
    return taken.length >= first + parameters.length
        && Arrays.equals(parameters, Arrays.copyOfRange(taken, first, first + parameters.length));
  }

  /** A name in a class file has its length before it, so no part of a longer one is found. */
  private static boolean has(String file, Method body) {
    String name = body.getName();
    return file.contains("" + (char) (name.length() >> 8) + (char) (name.length() & 0xff) + name);
  }

  /** Byte by byte; empty where a class has no file. */
  private static String classFile(Class<?> type) {
    try (InputStream file = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
      return file == null ? "" : new String(file.readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new IllegalStateException("The class file of " + type.getName() + " is unreadable", e);
    }
  }
}
