package io.txhost.spring;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses methods for which Spring's or Jakarta's {@code @Transactional} holds as well as the
 * host's, where both are the host's transactions: which of them says what is to be done could not
 * be told.
 */
final class BothAnnotations implements BeanCheck, StartupCheck {
  private final @Nullable ClassLoader loader;
  private final List<String> found = new ArrayList<>();

  BothAnnotations(@Nullable ClassLoader loader) {
    this.loader = loader;
  }

  @Override
  public void made(InspectedBean bean, Findings findings) {
    for (Method method : bean.transactional().covered().keySet()) {
      String foreign = ForeignTransactional.annotationOf(method, bean.type(), loader);
      if (!foreign.isEmpty()) {
        found.add(
            Wording.finding(
                "TXH-645",
                Wording.bean(bean.name()),
                "for method "
                    + Wording.method(method)
                    + " both @io.txhost.Transactional and @"
                    + foreign
                    + " hold, and both are the host's transactions; keep one of them"));
      }
    }
  }

  @Override
  public void made(BeanGraph beans, Findings findings) {
    if (!found.isEmpty() && new Bridges(beans).areThere()) {
      findings.refuseAll(List.copyOf(found));
    }
    found.clear();
  }
}
