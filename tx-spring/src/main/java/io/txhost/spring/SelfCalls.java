package io.txhost.spring;

import io.txhost.Isolation;
import io.txhost.Transactional;
import io.txhost.spring.BeanCalls.Way;
import io.txhost.spring.CallsInCode.Ref;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.Type;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Finds calls of annotated methods that a bean makes on itself, past its proxy, and that the proxy
 * would have changed.
 */
final class SelfCalls implements BeanCheck, StartupCheck {
  private static final Set<String> VALUES = Set.of("refuse", "warn", "ignore");
  static final String PROPERTY = "txhost.spring.self-calls";

  private final TransactionalMethods methods;
  private final String asked;

  /** What was found of each class, without the bean's name. */
  private final Map<Class<?>, Set<String>> known = new ConcurrentHashMap<>();

  SelfCalls(TransactionalMethods methods, Environment environment) {
    this.methods = methods;
    this.asked = environment.getProperty(PROPERTY, "refuse").trim().toLowerCase(Locale.ROOT);
  }

  @Override
  public void declared(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  @Override
  public void arrived(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  @Override
  public void declared(BeanGraph beans, Findings findings) {
    if (!VALUES.contains(asked)) {
      findings.refuse(
          "TXH-612 The property " + PROPERTY + " is refuse, warn or ignore, not '" + asked + "'.");
    }
  }

  private void look(InspectedBean bean, Findings findings) {
    Class<?> type = ClassUtils.getUserClass(bean.type());
    if (asked.equals("ignore") || known.containsKey(type)) {
      return;
    }
    Map<Method, Transactional> covered = bean.transactional().proxied();
    Set<String> found = covered.isEmpty() ? Set.of() : found(type, covered);
    if (known.putIfAbsent(type, found) == null) {
      found.stream()
          .map(text -> Wording.finding("TXH-685", Wording.bean(bean.name()), text))
          .forEach(asked.equals("warn") ? findings::warn : findings::refuse);
    }
  }

  private Set<String> found(Class<?> type, Map<Method, Transactional> covered) {
    Map<Ref, Transactional> annotated = new HashMap<>();
    Set<Ref> byThemselves = new HashSet<>();
    covered.forEach(
        (method, annotation) -> {
          annotated.put(ref(method), annotation);
          if (NearestAnnotation.TRANSACTIONAL.isOnMethod(method)) {
            byThemselves.add(ref(method));
          }
        });
    Set<String> found = new LinkedHashSet<>();
    for (Way way : new BeanCalls(type).waysTo(annotated::containsKey)) {
      if (isOutOfReach(way.from()) && !byThemselves.contains(way.to())) {
        continue;
      }
      Transactional callees = annotated.get(way.to());
      String lost = callees == null ? null : lost(annotated.get(way.from()), callees);
      if (lost != null) {
        found.add(sentence(way, lost));
      }
    }
    return found;
  }

  /**
   * A class's annotation means neither what its constructor calls, such as setters, nor what its
   * toString, equals and hashCode do.
   */
  private static boolean isOutOfReach(Ref caller) {
    return switch (caller.name()) {
      case "<init>", "toString", "hashCode" -> true;
      case "equals" -> caller.descriptor().equals("(Ljava/lang/Object;)Z");
      default -> false;
    };
  }

  private static Ref ref(Method method) {
    return new Ref(
        Type.getInternalName(method.getDeclaringClass()),
        method.getName(),
        Type.getMethodDescriptor(method));
  }

  /**
   * What the callee's annotation asks for and does not get where the caller calls it; null if the
   * proxy would change nothing.
   */
  private @Nullable String lost(@Nullable Transactional caller, Transactional callee) {
    if (caller == null) {
      return switch (callee.propagation()) {
        case SUPPORTS -> null;
        default -> "the caller has no boundary, so it runs without " + callee.propagation();
      };
    }
    if (!isSameHost(caller, callee)) {
      return "the host '" + callee.host() + "' is not asked, but that of the caller";
    }
    return switch (callee.propagation()) {
      case REQUIRES_NEW, NESTED ->
          "it runs in the caller's transaction and not in " + callee.propagation();
      case NOT_SUPPORTED, NEVER ->
          isWithout(caller)
              ? null
              : "it runs in the caller's transaction and not by " + callee.propagation();
      case REQUIRED, MANDATORY ->
          isInside(caller)
              ? stronger(caller, callee)
              : "the caller runs by "
                  + caller.propagation()
                  + ", so that it may be in no transaction";
      case SUPPORTS -> null;
    };
  }

  private static boolean isInside(Transactional caller) {
    return switch (caller.propagation()) {
      case REQUIRED, REQUIRES_NEW, NESTED, MANDATORY -> true;
      case SUPPORTS, NOT_SUPPORTED, NEVER -> false;
    };
  }

  private static boolean isWithout(Transactional caller) {
    return switch (caller.propagation()) {
      case NOT_SUPPORTED, NEVER -> true;
      case REQUIRED, REQUIRES_NEW, NESTED, MANDATORY, SUPPORTS -> false;
    };
  }

  private boolean isSameHost(Transactional caller, Transactional callee) {
    return caller.host().equals(callee.host())
        || nameOf(caller.host()).equals(nameOf(callee.host()));
  }

  /** An unknown one is refused by another check. */
  private String nameOf(String host) {
    return UnknownHosts.problem(host, methods.hosts().names()) == null
        ? methods.hosts().get(host).name()
        : host;
  }

  /** What a boundary that joins would still ask for, and the caller does not. */
  private static @Nullable String stronger(Transactional caller, Transactional callee) {
    if (callee.isolation() != Isolation.DEFAULT && callee.isolation() != caller.isolation()) {
      return "its isolation " + callee.isolation() + " is not asked for";
    }
    if (!callee.timeout().isEmpty() && !callee.timeout().equals(caller.timeout())) {
      return "its timeout does not hold";
    }
    if (!hasSameRules(caller, callee)) {
      return "its rollback rules do not hold";
    }
    return callee.retry().maxAttempts() != 1 && !callee.retry().equals(caller.retry())
        ? "it is not retried"
        : null;
  }

  private static boolean hasSameRules(Transactional caller, Transactional callee) {
    return Set.copyOf(List.of(caller.rollbackFor()))
            .equals(Set.copyOf(List.of(callee.rollbackFor())))
        && Set.copyOf(List.of(caller.noRollbackFor()))
            .equals(Set.copyOf(List.of(callee.noRollbackFor())));
  }

  private static String sentence(Way way, String lost) {
    return "method "
        + said(way.from())
        + " calls "
        + said(way.to())
        + " on the bean itself, past its proxy, so its @Transactional is ignored there: "
        + lost
        + "; let another bean call it, wrap the call in host.withTransaction(..), or weave the class"
        + " with AspectJ (set the property "
        + PROPERTY
        + "=warn or ignore to start all the same)";
  }

  private static String said(Ref method) {
    String type = ClassUtils.getShortName(method.owner().replace('/', '.'));
    StringBuilder text = new StringBuilder(type).append('.').append(method.name()).append('(');
    String separator = "";
    for (Type parameter : Type.getArgumentTypes(method.descriptor())) {
      text.append(separator).append(ClassUtils.getShortName(parameter.getClassName()));
      separator = ", ";
    }
    return text.append(')').toString();
  }
}
