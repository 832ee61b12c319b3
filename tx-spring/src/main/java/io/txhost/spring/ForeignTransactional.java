package io.txhost.spring;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds Spring's or Jakarta's {@code @Transactional} where a host's transaction was meant, however
 * many beans lie between: it would open another transaction, or none, and the host would not know
 * of it.
 */
final class ForeignTransactional implements StartupCheck {
  static final String PROPERTY = "txhost.spring.foreign-transactional";

  private static final List<String> NAMES =
      List.of(
          "org.springframework.transaction.annotation.Transactional",
          "jakarta.transaction.Transactional");

  private final Environment environment;
  private final List<String> present;

  /** What is annotated of each class, empty where nothing is; kept from one moment to the next. */
  private final Map<Class<?>, String> known = new HashMap<>();

  ForeignTransactional(@Nullable ClassLoader loader, Environment environment) {
    this.environment = environment;
    this.present = present(loader);
  }

  private static List<String> present(@Nullable ClassLoader loader) {
    return NAMES.stream().filter(name -> ClassUtils.isPresent(name, loader)).toList();
  }

  /** Where one of these annotations is on the class or on a method of it; empty if on none. */
  static String annotationOn(Class<?> type) {
    return annotated(type, present(type.getClassLoader()));
  }

  /** The one that holds for a method of the type, if one does; empty if none does. */
  static String annotationOf(Method method, Class<?> type, @Nullable ClassLoader loader) {
    List<String> sought = present(loader);
    return Stream.of(method, method.getDeclaringClass(), ClassUtils.getUserClass(type))
        .map(element -> nameOn(element, sought))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse("");
  }

  static boolean isOnlyWarned(Environment environment) {
    return asked(environment).equals("warn");
  }

  @Override
  public void declared(BeanGraph beans, Findings findings) {
    String asked = asked(environment);
    if (!asked.equals("refuse") && !asked.equals("warn")) {
      findings.refuse(
          "TXH-612 The property " + PROPERTY + " is refuse or warn, not '" + asked + "'.");
    } else if (asked.equals("refuse") && !new Bridges(beans).mayBeThere()) {
      findings.refuseAll(found(beans));
    }
  }

  @Override
  public void made(BeanGraph beans, Findings findings) {
    if (isOnlyWarned(environment)) {
      found(beans).forEach(findings::warn);
    } else {
      findings.refuseAll(found(beans));
    }
    known.clear();
  }

  private static String asked(Environment environment) {
    return environment.getProperty(PROPERTY, "refuse").trim().toLowerCase(Locale.ROOT);
  }

  private List<String> found(BeanGraph beans) {
    if (present.isEmpty()) {
      return List.of();
    }
    HostUse hosts = new HostUse(beans);
    Bridges bridges = new Bridges(beans);
    return beans.types().entrySet().stream()
        .map(bean -> finding(bean, hosts, bridges))
        .filter(finding -> !finding.isEmpty())
        .toList();
  }

  private String finding(Map.Entry<String, Class<?>> bean, HostUse hosts, Bridges bridges) {
    String annotated =
        known.computeIfAbsent(
            ClassUtils.getUserClass(bean.getValue()), type -> annotated(type, present));
    List<String> way = annotated.isEmpty() ? List.of() : hosts.wayFrom(bean.getKey());
    return way.isEmpty() || (bridges.areSprings() && bridges.serveHostOf(way.get(way.size() - 1)))
        ? ""
        : Wording.finding(
            "TXH-611",
            Wording.bean(bean.getKey()),
            annotated
                + ", but "
                + said(way)
                + " "
                + hosts.how(way.get(way.size() - 1))
                + ", whose transactions that annotation neither begins nor joins; use"
                + " io.txhost.Transactional, or "
                + Bridges.WAY_OUT
                + ", or set the property "
                + PROPERTY
                + "=warn");
  }

  /** Who has the host, and how the bean comes there. */
  private static String said(List<String> way) {
    int last = way.size() - 1;
    if (last == 0) {
      return "it";
    }
    String first = "its collaborator '" + Wording.bean(way.get(1)) + "'";
    if (last == 1) {
      return first;
    }
    String between =
        way.subList(2, last).stream()
            .map(b -> "'" + Wording.bean(b) + "'")
            .collect(Collectors.joining(", "));
    return first
        + " leads"
        + (between.isEmpty() ? "" : ", through " + between + ",")
        + " to '"
        + Wording.bean(way.get(last))
        + "', which";
  }

  private static String annotated(Class<?> type, List<String> sought) {
    String name = nameOn(type, sought);
    if (name != null) {
      return "@" + name + " is on " + ClassUtils.getShortName(type);
    }
    for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
      name = nameOn(method, sought);
      if (name != null) {
        return "@" + name + " is on " + Wording.method(method);
      }
    }
    return "";
  }

  private static @Nullable String nameOn(AnnotatedElement element, List<String> sought) {
    MergedAnnotations present = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
    return sought.stream().filter(present::isPresent).findFirst().orElse(null);
  }
}
