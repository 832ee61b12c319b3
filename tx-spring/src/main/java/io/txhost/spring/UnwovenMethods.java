package io.txhost.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.util.ClassUtils;

/** Finds annotated methods that no weaver has woven, where nothing else gives them a boundary. */
final class UnwovenMethods implements BeanCheck {

  @Override
  public void declared(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  @Override
  public void arrived(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  private static void look(InspectedBean bean, Findings findings) {
    if (Modifier.isAbstract(bean.type().getModifiers())) {
      return; // its own class comes later
    }
    Set<String> found = new LinkedHashSet<>();
    List<Method> unwoven =
        bean.transactional().covered().keySet().stream()
            .filter(method -> !Weaving.isWoven(method))
            .toList();
    unwoven.stream()
        .filter(UnwovenMethods::isSeen)
        .findFirst()
        .ifPresent(first -> found.add(notWoven(bean, first)));
    unwoven.stream()
        .filter(method -> !isSeen(method) && isMeant(method))
        .forEach(method -> found.add(notSeen(bean, method)));
    findings.refuseAll(found);
  }

  /** Whether the annotation is where the aspect's pointcut looks. */
  private static boolean isSeen(Method method) {
    Class<?> declaring = method.getDeclaringClass();
    return !Modifier.isAbstract(method.getModifiers())
        && (NearestAnnotation.TRANSACTIONAL.directlyOn(method) != null
            || NearestAnnotation.TRANSACTIONAL.isInheritedBy(declaring)
            || NearestAnnotation.interfacesOf(declaring).stream()
                .filter(NearestAnnotation.TRANSACTIONAL::isInheritedBy)
                .anyMatch(i -> ClassUtils.hasMethod(i, method)));
  }

  /** A class's annotation does not mean what it inherits from a framework. */
  private static boolean isMeant(Method method) {
    return !DeclaredMethods.isFrameworks(method.getDeclaringClass());
  }

  private static String notWoven(InspectedBean bean, Method method) {
    return Wording.finding(
        "TXH-680",
        Wording.bean(bean.name()),
        "this context has @EnableTransactionHosts(mode = ASPECTJ), and "
            + Wording.method(method)
            + " is not woven, so its @Transactional would be ignored; start the JVM with"
            + " -javaagent:aspectjweaver.jar (and let no aop.xml exclude the class), or compile with"
            + " ajc and tx-spring on its aspect path, or leave mode away: proxies then serve what is"
            + " not woven");
  }

  private static String notSeen(InspectedBean bean, Method method) {
    return Wording.finding(
        "TXH-681",
        Wording.bean(bean.name()),
        "the @Transactional that counts for "
            + Wording.method(method)
            + " is on an interface or on a method that it overrides, or on a subclass of the class"
            + " that declares it, where AspectJ does not see it; put the annotation on the method itself, or on the class that"
            + " declares it");
  }
}
