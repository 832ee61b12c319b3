package io.txhost.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/**
 * Hints for each bean with {@code @Transactional} or {@code @WithContext}: a proxy calls its
 * methods by reflection, and the start-up checks read them so. Spring does the same for its own
 * annotation.
 */
final class AnnotatedBeansAheadOfTime implements BeanRegistrationAotProcessor {

  /** Called by Spring. */
  AnnotatedBeansAheadOfTime() {}

  @Override
  public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
    Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
    return isAnnotated(type)
        ? (generation, code) -> register(type, generation.getRuntimeHints().reflection())
        : null;
  }

  private static boolean isAnnotated(Class<?> type) {
    return NearestAnnotation.TRANSACTIONAL.isAnywhereOn(type)
        || NearestAnnotation.WITH_CONTEXT.isAnywhereOn(type);
  }

  private static void register(Class<?> type, ReflectionHints hints) {
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      hints.registerType(c, MemberCategory.INVOKE_DECLARED_METHODS);
    }
    for (Class<?> declaring : ClassUtils.getAllInterfacesForClassAsSet(type)) {
      hints.registerType(declaring, MemberCategory.INVOKE_DECLARED_METHODS);
    }
  }
}
