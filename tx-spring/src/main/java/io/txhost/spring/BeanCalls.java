package io.txhost.spring;

import io.txhost.spring.CallsInCode.Call;
import io.txhost.spring.CallsInCode.Found;
import io.txhost.spring.CallsInCode.Ref;
import io.txhost.spring.ClassFile.Coded;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.Opcodes;
import org.springframework.asm.Type;

/**
 * What the methods of a bean's class call on the bean itself, as the class files say: directly, in
 * a lambda, by a method reference, in an inner class. Not read are the classes of Spring and Java.
 * Lambdas and objects of inner classes are taken to run where they are made.
 */
final class BeanCalls {

  /** A way from a method that others call to one that it calls on the bean. */
  record Way(Ref from, Ref to) {}

  private final Class<?> type;
  private final Map<String, ClassFile> superclasses = new LinkedHashMap<>();
  private final Map<String, ClassFile> interfaces = new LinkedHashMap<>();
  private final Map<String, ClassFile> nested = new LinkedHashMap<>();
  private final Set<Ref> called = new HashSet<>();

  BeanCalls(Class<?> type) {
    this.type = type;
    for (Class<?> c = type; c != null && !DeclaredMethods.isFrameworks(c); c = c.getSuperclass()) {
      superclasses.put(Type.getInternalName(c), ClassFile.of(c));
    }
    NearestAnnotation.interfacesOf(type).stream()
        .filter(i -> !DeclaredMethods.isFrameworks(i))
        .forEach(i -> interfaces.put(Type.getInternalName(i), ClassFile.of(i)));
    methods().forEach(method -> called.addAll(targets(method)));
  }

  /**
   * The ways to methods of one kind. No way leads through such a method: it begins at the method.
   *
   * @param sought the kind
   */
  List<Way> waysTo(Predicate<Ref> sought) {
    List<Way> ways = new ArrayList<>();
    for (Coded method : methods()) {
      if (isCalledByOthers(method, sought)) {
        follow(method, sought, ways);
      }
    }
    return ways;
  }

  private void follow(Coded from, Predicate<Ref> sought, List<Way> ways) {
    Set<Ref> seen = new HashSet<>();
    Set<Way> found = new LinkedHashSet<>();
    Deque<Coded> next = new ArrayDeque<>(List.of(from));
    while (!next.isEmpty()) {
      Coded here = next.remove();
      if (here.found().hasBoundaryByHand) {
        return; // what runs where is not known then
      }
      for (Ref target : targets(here)) {
        if (sought.test(target)) {
          found.add(new Way(from.ref(), target));
        } else if (seen.add(target)) {
          Optional.ofNullable(coded(target)).ifPresent(next::add);
        }
      }
    }
    ways.addAll(found);
  }

  private boolean isCalledByOthers(Coded method, Predicate<Ref> sought) {
    if (method.is(Opcodes.ACC_SYNTHETIC | Opcodes.ACC_STATIC | Opcodes.ACC_ABSTRACT)) {
      return false;
    }
    boolean isOverridden =
        !method.is(Opcodes.ACC_PRIVATE)
            && !method.ref().name().equals("<init>")
            && !method.ref().equals(mostSpecific(method.ref()));
    return !isOverridden
        && (method.is(Opcodes.ACC_PUBLIC)
            || sought.test(method.ref())
            || !called.contains(method.ref()));
  }

  private List<Coded> methods() {
    List<Coded> methods = new ArrayList<>();
    superclasses.values().forEach(file -> methods.addAll(file.methods().values()));
    interfaces.values().forEach(file -> methods.addAll(file.methods().values()));
    return methods;
  }

  private @Nullable Coded coded(Ref method) {
    ClassFile file = superclasses.get(method.owner());
    if (file == null) {
      file = interfaces.get(method.owner());
    }
    return file == null
        ? null
        : file.methods().get(ClassFile.key(method.name(), method.descriptor()));
  }

  /** What a method calls, as the bean's class has it; with what objects that it makes call. */
  private Set<Ref> targets(Coded method) {
    Set<Ref> targets = new LinkedHashSet<>();
    Set<String> made = new HashSet<>();
    Deque<Found> next = new ArrayDeque<>(List.of(method.found()));
    while (!next.isEmpty()) {
      Found found = next.remove();
      found.calls.forEach(call -> targets.add(resolved(call)));
      found.made.stream()
          .filter(made::add)
          .map(name -> nested.computeIfAbsent(name, n -> ClassFile.nested(type, n)))
          .flatMap(file -> file.methods().values().stream())
          .forEach(inner -> next.add(inner.found()));
    }
    return targets;
  }

  private Ref resolved(Call call) {
    Ref named = call.method();
    Coded own = coded(named);
    if (own != null && own.is(Opcodes.ACC_PRIVATE)) {
      return named;
    }
    return call.virtual() ? mostSpecific(named) : inherited(named, named.owner());
  }

  private Ref mostSpecific(Ref method) {
    return inherited(method, Type.getInternalName(type));
  }

  /** The method that objects of a class have. */
  private Ref inherited(Ref method, String owner) {
    String key = ClassFile.key(method.name(), method.descriptor());
    boolean isAbove = false;
    for (ClassFile file : superclasses.values()) {
      isAbove |= file.name().equals(owner);
      Coded declared = isAbove ? file.methods().get(key) : null;
      if (declared != null && !declared.is(Opcodes.ACC_ABSTRACT | Opcodes.ACC_PRIVATE)) {
        return declared.ref();
      }
    }
    for (ClassFile file : interfaces.values()) {
      Coded declared = file.methods().get(key);
      if (declared != null && !declared.is(Opcodes.ACC_ABSTRACT)) {
        return declared.ref();
      }
    }
    return method;
  }
}
