package io.txhost.spring;

import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds each {@code @Transactional} that names no host of this context. */
final class UnknownHosts implements BeanCheck {
  /** Read by the starter. */
  private static final String NO_HOST = "finds no host, since this application has none:";

  private final TransactionalMethods methods;

  UnknownHosts(TransactionalMethods methods) {
    this.methods = methods;
  }

  @Override
  public void declared(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  @Override
  public void made(InspectedBean bean, Findings findings) {
    look(bean, findings);
  }

  private void look(InspectedBean bean, Findings findings) {
    Set<String> found = new LinkedHashSet<>();
    bean.transactional()
        .covered()
        .forEach(
            (method, annotation) -> {
              String problem = problem(annotation.host(), methods.hosts().names());
              if (problem != null) {
                found.add(finding(bean, method, problem));
              }
            });
    findings.refuseAll(found);
  }

  private static String finding(InspectedBean bean, Method method, String problem) {
    return Wording.finding(
        "TXH-608",
        Wording.bean(bean.name()),
        "the @Transactional of " + Wording.method(method) + " " + problem);
  }

  /** What is wrong with a host's name, or null. */
  static @Nullable String problem(String host, Set<String> known) {
    if (known.isEmpty()) {
      return NO_HOST + " declare a TransactionHost bean over the application's DataSource";
    }
    if (host.isEmpty() && known.size() > 1 && !known.contains("default")) {
      return "names no host, and none of " + known + " is named 'default'; name one of them";
    }
    if (!host.isEmpty() && !known.contains(host)) {
      return "names the host '"
          + host
          + "', known are "
          + known
          + "; name one of them, or declare a TransactionHost bean of that name";
    }
    return null;
  }
}
