package io.txhost.spring;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/**
 * A field, or a parameter of a constructor or factory method: where a bean may come in.
 *
 * @param type of the bean
 * @param takesAll whether all beans of the type come in
 * @param isLate whether it is looked for only when it is used, so that the container does not know
 *     of it before
 */
record InjectionPoint(Class<?> type, boolean takesAll, boolean isLate) {
  private static final Set<String> PROVIDERS =
      Set.of("jakarta.inject.Provider", "javax.inject.Provider");
  private static final Set<String> HOLDERS =
      Set.of("java.util.Optional", "java.util.function.Supplier");

  /** Whether its type says what comes in. */
  boolean isOfAnApplication() {
    return !type.isPrimitive() && !type.getName().startsWith("java.");
  }

  /** Of a bean's class. */
  static Stream<InjectionPoint> of(Class<?> type) {
    return declaredIn(type).map(d -> of(d.type(), d.isLazy()));
  }

  /** Of the method that makes a bean. */
  static Stream<InjectionPoint> of(Method factory) {
    return parametersOf(factory).map(d -> of(d.type(), d.isLazy()));
  }

  /** Whether a class holds one of these types, also as the argument of another. */
  static boolean mentions(Class<?> holder, Class<?>... sought) {
    return declaredIn(holder).anyMatch(d -> mentions(d.type(), sought));
  }

  private static boolean mentions(ResolvableType declared, Class<?>... sought) {
    return Arrays.stream(sought).anyMatch(s -> s.isAssignableFrom(declared.toClass()))
        || Arrays.stream(declared.getGenerics()).anyMatch(argument -> mentions(argument, sought));
  }

  private record Declared(ResolvableType type, boolean isLazy) {}

  private static Stream<Declared> declaredIn(Class<?> type) {
    List<Declared> declared = new ArrayList<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        declared.add(new Declared(typeOf(field, type), isLazy(field)));
      }
    }
    return Stream.concat(
        declared.stream(),
        Arrays.stream(type.getDeclaredConstructors()).flatMap(InjectionPoint::parametersOf));
  }

  private static Stream<Declared> parametersOf(Executable executable) {
    return IntStream.range(0, executable.getParameterCount())
        .mapToObj(
            i ->
                new Declared(
                    typeOf(executable, i),
                    isLazy(executable) || isLazy(executable.getParameters()[i])));
  }

  /** An argument of it whose class is not there can be no bean's. */
  private static ResolvableType typeOf(Field field, Class<?> type) {
    try {
      return ResolvableType.forField(field, type);
    } catch (TypeNotPresentException e) {
      return ResolvableType.forClass(field.getType());
    }
  }

  private static ResolvableType typeOf(Executable executable, int index) {
    try {
      return ResolvableType.forMethodParameter(MethodParameter.forExecutable(executable, index));
    } catch (TypeNotPresentException e) {
      return ResolvableType.forClass(executable.getParameterTypes()[index]);
    }
  }

  private static InjectionPoint of(ResolvableType declared, boolean isLazy) {
    Class<?> type = declared.toClass();
    boolean provided =
        ObjectFactory.class.isAssignableFrom(type) || PROVIDERS.contains(type.getName());
    if (declared.isArray()) {
      return new InjectionPoint(declared.getComponentType().toClass(), true, isLazy);
    }
    if (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)) {
      return new InjectionPoint(lastArgument(declared), true, isLazy);
    }
    return provided || HOLDERS.contains(type.getName())
        ? new InjectionPoint(lastArgument(declared), false, provided)
        : new InjectionPoint(type, false, isLazy);
  }

  private static Class<?> lastArgument(ResolvableType declared) {
    ResolvableType[] arguments = declared.getGenerics();
    return arguments.length == 0 ? Object.class : arguments[arguments.length - 1].toClass();
  }

  private static boolean isLazy(AnnotatedElement element) {
    Lazy lazy = element.getAnnotation(Lazy.class);
    return lazy != null && lazy.value();
  }
}
