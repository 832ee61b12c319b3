package io.txhost.spring;

import io.txhost.Transactional;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the annotation of one type that counts for a method. Pure: reads classes and keeps nothing.
 *
 * @param <A> the annotation's type
 */
final class NearestAnnotation<A extends Annotation> {
  static final NearestAnnotation<Transactional> TRANSACTIONAL =
      new NearestAnnotation<>(Transactional.class);
  static final NearestAnnotation<WithContext> WITH_CONTEXT =
      new NearestAnnotation<>(WithContext.class);

  private final Class<A> sought;

  private NearestAnnotation(Class<A> sought) {
    this.sought = sought;
  }

  /**
   * The nearest one wins whole: on the method (or one it overrides in a superclass), on the class
   * that declares it, on the bean's class, on the interface's method, on the interface that
   * declares it, on any interface.
   *
   * @param method as it was called: possibly an interface's, or a bridge
   */
  @Nullable A of(Method method, Class<?> targetClass) {
    if (ReflectionUtils.isObjectMethod(method) || !isInstanceMethod(method)) {
      return null;
    }
    Class<?> type = ClassUtils.getUserClass(targetClass);
    Method specific = AopUtils.getMostSpecificMethod(method, type);
    A onClass = onClass(specific, type);
    return onClass != null ? onClass : onInterfaces(specific, type);
  }

  /**
   * The one that counts where the method itself is executed, by whatever call. Of a private or
   * static method its own; of one that is overridden, so that it was called by {@code super}, the
   * one that counts in the class that declares it.
   */
  @Nullable A ofExecution(Method method, Class<?> targetClass) {
    Class<?> declaring = method.getDeclaringClass();
    if (method.isSynthetic() || ClassUtils.getUserClass(declaring) != declaring) {
      return null; // a bridge, or a proxy's: the user's own is executed too
    }
    if (!isInstanceMethod(method)) {
      return directlyOn(method);
    }
    Class<?> type = ClassUtils.getUserClass(targetClass);
    boolean isOverridden = !AopUtils.getMostSpecificMethod(method, type).equals(method);
    return of(method, isOverridden ? declaring : type);
  }

  /** The one on the element itself, meta-annotations included. */
  @Nullable A directlyOn(AnnotatedElement element) {
    return find(element, SearchStrategy.DIRECT);
  }

  private boolean isDirectlyOn(AnnotatedElement element) {
    return MergedAnnotations.from(element, SearchStrategy.DIRECT).isPresent(sought);
  }

  /** Whether the method itself has one, or one that it overrides or implements; no class's. */
  boolean isOnMethod(Method method) {
    return MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).isPresent(sought);
  }

  /** Whether the class that declares the method has one, or the bean's class. */
  boolean isOnClassOf(Method method, Class<?> type) {
    return find(method.getDeclaringClass(), SearchStrategy.SUPERCLASS) != null
        || find(type, SearchStrategy.SUPERCLASS) != null;
  }

  /**
   * Whether any method of the type may have one: false costs one look at each element, and finds no
   * method's.
   */
  boolean isAnywhereOn(Class<?> targetClass) {
    Class<?> type = ClassUtils.getUserClass(targetClass);
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      if (isDeclaredIn(c)) {
        return true;
      }
    }
    return interfacesOf(type).stream().anyMatch(this::isDeclaredIn);
  }

  /** Whether the class has one, or a superclass or an interface of its. */
  boolean isOnClass(Class<?> type) {
    return find(type, SearchStrategy.TYPE_HIERARCHY) != null;
  }

  /** Whether the class itself has one, or an annotation that Java lets it inherit is or has one. */
  boolean isInheritedBy(Class<?> type) {
    return find(type, SearchStrategy.INHERITED_ANNOTATIONS) != null;
  }

  /** A method that has one, of the type, its superclasses and interfaces; null if there is none. */
  @Nullable Method firstMethodIn(Class<?> type) {
    Stream<Class<?>> superclasses =
        Stream.<Class<?>>iterate(type, Objects::nonNull, Class::getSuperclass);
    return Stream.concat(superclasses, interfacesOf(type).stream())
        .flatMap(c -> Arrays.stream(DeclaredMethods.of(c)))
        .filter(this::isDirectlyOn)
        .findFirst()
        .orElse(null);
  }

  private boolean isDeclaredIn(Class<?> type) {
    if (isDirectlyOn(type)) {
      return true;
    }
    for (Method method : type.getDeclaredMethods()) { // asked of every bean: no stream
      if (isDirectlyOn(method)) {
        return true;
      }
    }
    return false;
  }

  /** All interfaces of a type, those of the subclass first, each before the ones it extends. */
  static Set<Class<?>> interfacesOf(Class<?> type) {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    if (type.isInterface()) {
      interfaces.add(type);
    }
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      addInterfaces(c, interfaces);
    }
    return interfaces;
  }

  /** Whether an interface of the type declares the method. */
  static boolean isInInterface(Method method, Class<?> type) {
    return interfacesOf(type).stream().anyMatch(i -> declaredIn(i, method, type) != null);
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> found) {
    for (Class<?> next : type.getInterfaces()) {
      if (found.add(next)) {
        addInterfaces(next, found);
      }
    }
  }

  private static boolean isInstanceMethod(Method method) {
    return !Modifier.isStatic(method.getModifiers())
        && !Modifier.isPrivate(method.getModifiers())
        && ClassUtils.isUserLevelMethod(method);
  }

  private @Nullable A onClass(Method specific, Class<?> type) {
    Class<?> declaring = specific.getDeclaringClass();
    A found = null;
    if (!declaring.isInterface()) { // a default method's own comes after the class's
      found = find(specific, SearchStrategy.SUPERCLASS);
      if (found == null) {
        found = find(declaring, SearchStrategy.SUPERCLASS);
      }
    }
    return found != null ? found : find(type, SearchStrategy.SUPERCLASS);
  }

  private @Nullable A onInterfaces(Method specific, Class<?> type) {
    Collection<Class<?>> all = interfacesOf(type);
    Set<Class<?>> declaring = new LinkedHashSet<>();
    for (Class<?> candidate : all) {
      Method declared = declaredIn(candidate, specific, type);
      if (declared != null) {
        A found = directlyOn(declared);
        if (found != null) {
          return found;
        }
        declaring.add(candidate);
      }
    }
    A found = onFirst(declaring);
    return found != null ? found : onFirst(all);
  }

  private @Nullable A onFirst(Collection<Class<?>> interfaces) {
    for (Class<?> candidate : interfaces) {
      A found = directlyOn(candidate);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static @Nullable Method declaredIn(Class<?> candidate, Method method, Class<?> type) {
    for (Method declared : candidate.getDeclaredMethods()) {
      if (declared.equals(method)
          || (isInstanceMethod(declared)
              && !declared.isBridge()
              && declared.getName().equals(method.getName())
              && declared.getParameterCount() == method.getParameterCount()
              && takesTheSame(declared, method, type))) {
        return declared;
      }
    }
    return null;
  }

  private static boolean takesTheSame(Method declared, Method method, Class<?> type) {
    for (int i = 0; i < declared.getParameterCount(); i++) {
      if (parameter(declared, i, type) != parameter(method, i, type)) {
        return false;
      }
    }
    return true;
  }

  /** With type arguments filled in: {@code Handler<Create>.execute(C)} takes a {@code Create}. */
  private static Class<?> parameter(Method method, int index, Class<?> type) {
    return ResolvableType.forMethodParameter(method, index, type)
        .resolve(method.getParameterTypes()[index]);
  }

  private @Nullable A find(AnnotatedElement element, SearchStrategy strategy) {
    MergedAnnotation<A> found = MergedAnnotations.from(element, strategy).get(sought);
    return found.isPresent() ? found.synthesize() : null;
  }

  /** As it is written. */
  @Override
  public String toString() {
    return "@" + sought.getSimpleName();
  }
}
