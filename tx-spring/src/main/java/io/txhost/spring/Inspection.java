package io.txhost.spring;

import io.txhost.TransactionOptions;
import io.txhost.Transactional;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.scheduling.annotation.Async;
import org.springframework.util.ClassUtils;

/**
 * Which annotations of one bean's class can take effect. Looks at the class only; creates and logs
 * nothing.
 *
 * <p>After {@link #of}: {@link #covered()} has the methods that run in a boundary, {@link
 * #findings()} what is refused, {@link #warnings()} what is only doubtful.
 */
final class Inspection<A extends Annotation> {
  private final NearestAnnotation<A> sought;
  private final String bean;
  private final Class<?> type;
  private final boolean bySubclass;
  private final boolean asyncLiesOutside;
  private final CallsPastProxy pastProxy;
  private final boolean byWeaving;
  private final Map<Method, A> proxied = new LinkedHashMap<>();
  private final Map<Method, A> covered = new LinkedHashMap<>();
  private final List<String> findings = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Inspection(
      NearestAnnotation<A> sought,
      String bean,
      Class<?> type,
      boolean bySubclass,
      boolean asyncLiesOutside,
      CallsPastProxy pastProxy,
      boolean byWeaving) {
    this.sought = sought;
    this.bean = bean;
    this.type = type;
    this.bySubclass = bySubclass;
    this.asyncLiesOutside = asyncLiesOutside;
    this.pastProxy = pastProxy;
    this.byWeaving = byWeaving;
  }

  /**
   * Inspects a bean.
   *
   * @param sought the annotation to look for, which is somewhere on the class
   * @param bySubclass whether it is proxied by a subclass; else by its interfaces
   * @param asyncLiesOutside whether {@code @Async} takes effect in this context
   * @param pastProxy what Spring calls on the bean itself
   * @param byWeaving whether no proxy is to serve the annotation; else proxies serve what is not
   *     woven
   */
  static <A extends Annotation> Inspection<A> of(
      NearestAnnotation<A> sought,
      String bean,
      Class<?> targetClass,
      boolean bySubclass,
      boolean asyncLiesOutside,
      CallsPastProxy pastProxy,
      boolean byWeaving) {
    Inspection<A> inspection =
        new Inspection<>(
            sought,
            bean,
            ClassUtils.getUserClass(targetClass),
            bySubclass,
            asyncLiesOutside,
            pastProxy,
            byWeaving);
    inspection.inspect();
    return inspection;
  }

  /** Of a bean whose class has the annotation nowhere. */
  static <A extends Annotation> Inspection<A> nothing(NearestAnnotation<A> sought) {
    return new Inspection<>(sought, "", Object.class, false, false, CallsPastProxy.NONE, false);
  }

  NearestAnnotation<A> sought() {
    return sought;
  }

  Map<Method, A> covered() {
    return covered;
  }

  /** Those of them that a proxy must serve: all that are not woven, or to be woven. */
  Map<Method, A> proxied() {
    return proxied;
  }

  List<String> findings() {
    return findings;
  }

  List<String> warnings() {
    return warnings;
  }

  private void inspect() {
    if (!Proxy.isProxyClass(type)) {
      for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
        inspectMethods(c);
      }
    }
    NearestAnnotation.interfacesOf(type).forEach(this::inspectMethods);
    String obstacle = ProxyShape.obstacle(type);
    if (!proxied.isEmpty() && bySubclass && obstacle != null) {
      refuse(
          "TXH-605",
          "class " + ClassUtils.getShortName(type) + " " + obstacle,
          "so no proxy can extend it and its " + sought + " would be ignored",
          ProxyShape.remedy(type));
    }
  }

  private void inspectMethods(Class<?> declaring) {
    for (Method method : DeclaredMethods.of(declaring)) {
      if (!method.isSynthetic()) {
        inspect(method);
      }
    }
  }

  private void inspect(Method method) {
    if (byWeaving || (isTransactional() && Weaving.isWoven(method))) {
      inspectExecution(method);
    } else {
      inspectCalls(method);
    }
  }

  /** Of a woven method, which has its boundary whatever it is and whoever calls it. */
  private void inspectExecution(Method method) {
    boolean isExecuted =
        !Modifier.isAbstract(method.getModifiers())
            || AopUtils.getMostSpecificMethod(method, type).equals(method);
    A annotation = isExecuted ? sought.ofExecution(method, type) : null;
    if (annotation != null) {
      cover(method, annotation);
    }
  }

  private void inspectCalls(Method method) {
    boolean direct = sought.directlyOn(method) != null;
    if (Modifier.isPrivate(method.getModifiers())) {
      refuseHidden(direct, "TXH-601", method, "private");
      warnOfCallPastProxy(method, direct || !sought.isOnClassOf(method, type));
    } else if (Modifier.isStatic(method.getModifiers())) {
      refuseHidden(direct, "TXH-602", method, "static");
    } else if (AopUtils.getMostSpecificMethod(method, type).equals(method)) {
      inspectInstance(method, direct);
    }
  }

  private void refuseHidden(boolean direct, String code, Method method, String modifier) {
    if (direct) {
      refuse(
          code,
          "method " + Wording.method(method) + " is " + modifier,
          "so no proxy sees its calls and its " + sought + " would be ignored",
          "annotate a public method that another bean calls, or wrap the body in " + byHand());
    }
  }

  private void inspectInstance(Method method, boolean direct) {
    A annotation = sought.of(method, type);
    if (annotation == null) {
      return;
    }
    if (bySubclass) {
      refuseNotOverridable(method, direct);
    } else if (direct && !NearestAnnotation.isInInterface(method, type)) {
      refuse(
          "TXH-606",
          "method " + Wording.method(method) + " is in no interface",
          "but the bean is proxied by its interfaces, so its " + sought + " would be ignored",
          "declare it in an interface, or set @EnableTransactionHosts(proxyTargetClass = true)");
    }
    proxied.put(method, annotation);
    if (sought.isOnMethod(method)) {
      refuseCallPastProxy(method);
    } else {
      warnOfCallPastProxy(method, false);
    }
    cover(method, annotation);
  }

  private void cover(Method method, A annotation) {
    covered.put(method, annotation);
    if (annotation instanceof Transactional transactional) {
      refuseUnreadable(method, transactional);
    }
    inspectResult(method);
  }

  private void refuseCallPastProxy(Method method) {
    CallsPastProxy.Call call = pastProxy.callOf(method);
    if (call != null) {
      refuse(
          "TXH-623",
          call.of(method),
          "past its proxy, so its " + sought + " would be ignored",
          "wrap the body in " + byHand() + ", or " + call.instead());
    }
  }

  /** Where the annotation is the class's. */
  private void warnOfCallPastProxy(Method method, boolean isOthers) {
    CallsPastProxy.Call call = isOthers ? null : pastProxy.callOf(method);
    if (call != null
        && call.doesWork()
        && !DeclaredMethods.isFrameworks(method.getDeclaringClass())) {
      warnings.add(
          sentence(
              "TXH-624",
              call.of(method),
              "past its proxy, so that the " + sought + " of its class does not hold there",
              "if it needs a "
                  + noun()
                  + ", wrap the body in "
                  + byHand()
                  + ", or "
                  + call.instead()));
    }
  }

  private void refuseNotOverridable(Method method, boolean direct) {
    if (!direct && DeclaredMethods.isFrameworks(method.getDeclaringClass())) {
      return; // a class-level annotation does not mean the final setters of a framework's base
      // class
    }
    if (Modifier.isFinal(method.getModifiers())) {
      refuse(
          "TXH-603",
          "method " + Wording.method(method) + " is final",
          "so no proxy can override it and its " + sought + " would be ignored",
          ProxyShape.opening(method)
              + (direct ? "" : ", or annotate single methods instead of the class"));
    } else if (DeclaredMethods.isHiddenByPackage(method, type)) {
      refuse(
          "TXH-604",
          "method "
              + Wording.method(method)
              + " is package-private in another package or class loader",
          "so no proxy can override it and its " + sought + " would be ignored",
          "make it protected or public");
    }
  }

  private void refuseUnreadable(Method method, Transactional annotation) {
    try {
      TransactionOptions.of(annotation, TransactionalMethods.name(method, type));
    } catch (IllegalArgumentException e) {
      refuse(
          "TXH-609",
          "the @Transactional of " + Wording.method(method) + " cannot be read",
          String.valueOf(e.getMessage()),
          "correct the attribute");
    }
  }

  private void inspectResult(Method method) {
    String result = ClassUtils.getShortName(ReturnTypes.resultOf(method, type));
    if (ReturnTypes.isAsynchronous(method, type) && !runsUnderAsync(method)) {
      refuse(
          "TXH-607",
          "method " + Wording.method(method) + " returns " + result + " or suspends",
          "so the " + noun() + " would end when it returns, while its work may still run elsewhere",
          "return the value itself, put "
              + sought
              + " on the method that the other thread runs, or"
              + " add @Async (with @EnableAsync), which lies outside the "
              + noun());
    } else if (isTransactional() && ReturnTypes.isLazy(method, type)) {
      warnings.add(
          sentence(
              "TXH-620",
              "method " + Wording.method(method) + " returns " + result,
              "which is read after the transaction has ended and then fails if it reads from the"
                  + " database",
              "return a List, or read it to its end inside"));
    }
  }

  private boolean runsUnderAsync(Method method) {
    return asyncLiesOutside
        && ReturnTypes.isFuture(ReturnTypes.resultOf(method, type))
        && (MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).isPresent(Async.class)
            || MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).isPresent(Async.class));
  }

  private boolean isTransactional() {
    return sought == NearestAnnotation.TRANSACTIONAL;
  }

  /** What the annotation puts around a method. */
  String noun() {
    return isTransactional() ? "transaction" : "context";
  }

  private String byHand() {
    return isTransactional() ? "host.withTransaction(..)" : "Context.call(..)";
  }

  private void refuse(String code, String found, String why, String fix) {
    findings.add(sentence(code, found, why, fix));
  }

  private String sentence(String code, String found, String why, String fix) {
    return Wording.finding(code, bean, found + ", " + why + "; " + fix);
  }
}
