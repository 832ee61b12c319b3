package io.txhost.spring;

import io.txhost.TransactionHost;
import java.lang.annotation.Annotation;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeConverter;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;

/**
 * Lets {@code @Qualifier} choose among hosts by the host's name too, as {@code @Transactional(host
 * = "…")} does; and names these names where several hosts match.
 */
final class HostNameQualifiers extends ContextAnnotationAutowireCandidateResolver {

  /** Replaces Spring's own resolver; one that somebody else put there stays. */
  static void install(BeanDefinitionRegistry registry) {
    if (registry instanceof DefaultListableBeanFactory beans
        && beans.getAutowireCandidateResolver().getClass()
            == ContextAnnotationAutowireCandidateResolver.class) {
      beans.setAutowireCandidateResolver(new HostNameQualifiers());
    }
  }

  @Override
  protected boolean checkQualifier(
      BeanDefinitionHolder candidate, Annotation annotation, TypeConverter typeConverter) {
    return super.checkQualifier(candidate, annotation, typeConverter)
        || (annotation instanceof Qualifier qualifier
            && isHostNamed(qualifier.value(), candidate.getBeanName()));
  }

  /** Spring asks for it first, at each injection point. */
  @Override
  public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
    if (getBeanFactory() instanceof DefaultListableBeanFactory beans) {
      AmbiguousHosts.refuse(beans, descriptor);
    }
    return super.getSuggestedValue(descriptor);
  }

  private boolean isHostNamed(String name, String beanName) {
    return !name.isEmpty()
        && getBeanFactory() instanceof ConfigurableBeanFactory beans
        && beans.isTypeMatch(beanName, TransactionHost.class)
        && !beans.isCurrentlyInCreation(beanName) // it cannot be asked for its name yet
        && beans.getBean(beanName, TransactionHost.class).name().equals(name);
  }
}
