package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import io.txhost.Transactional;
import io.txhost.spring.Applications.OneHost;
import io.txhost.test.NothingLeftBehind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** What an application with annotated beans tells who closes the world, by Spring's own run. */
@ExtendWith(NothingLeftBehind.class)
class AheadOfTimeTest {

  interface Places {
    @Transactional
    void placeByInterface();
  }

  static class Base {
    @Transactional
    public void inherited() {}
  }

  static class Orders extends Base implements Places {
    @Override
    public void placeByInterface() {}
  }

  static class Job {
    @WithContext
    public void run() {}
  }

  static class Plain {
    public void run() {}
  }

  @Test
  void theMethodsOfAnnotatedBeansAreCalledByReflection() {
    RuntimeHints hints = hintsOf(OneHost.class, Orders.class, Job.class, Plain.class);

    for (Class<?> called : new Class<?>[] {Orders.class, Base.class, Places.class, Job.class}) {
      assertThat(
              reflection()
                  .onType(called)
                  .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
          .as(called.getSimpleName())
          .accepts(hints);
    }
    assertThat(
            reflection()
                .onType(Plain.class)
                .withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS))
        .rejects(hints);
  }

  private static RuntimeHints hintsOf(Class<?>... components) {
    var generation =
        new DefaultGenerationContext(
            new ClassNameGenerator(ClassName.get("io.txhost.spring", "Application")),
            new InMemoryGeneratedFiles());
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(components);
      new ApplicationContextAotGenerator().processAheadOfTime(application, generation);
    }
    return generation.getRuntimeHints();
  }
}
