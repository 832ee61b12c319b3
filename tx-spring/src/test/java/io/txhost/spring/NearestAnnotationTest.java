package io.txhost.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.Propagation;
import io.txhost.Retry;
import io.txhost.Transactional;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;

// E1: method, class, interface and meta-annotations; the most specific wins
class NearestAnnotationTest {

  @Transactional(name = "interface")
  interface AnnotatedInterface {
    @Transactional(name = "interface method")
    void both();

    void plain();
  }

  @Transactional(name = "class")
  static class AnnotatedClass implements AnnotatedInterface {
    @Override
    @Transactional(name = "method")
    public void both() {}

    @Override
    public void plain() {}

    void own() {}
  }

  static class PlainClass implements AnnotatedInterface {
    @Override
    public void both() {}

    @Override
    public void plain() {}

    public void own() {}
  }

  @Test
  void aMethodsOwnAnnotationWinsOverItsClassesAndItsInterfaces() {
    assertThat(nameOn(AnnotatedClass.class, "both")).isEqualTo("method");
  }

  @Test
  void aClassesAnnotationWinsOverTheInterfaceMethods() {
    class Both implements AnnotatedInterface {
      @Override
      public void both() {}

      @Override
      public void plain() {}
    }
    @Transactional(name = "subclass")
    class Annotated extends Both {
      @Override
      public void both() {}
    }

    assertThat(nameOn(Annotated.class, "both")).isEqualTo("subclass");
    assertThat(nameOn(Both.class, "both")).isEqualTo("interface method");
  }

  @Test
  void anInterfaceMethodsAnnotationWinsOverTheInterfaces() {
    assertThat(nameOn(PlainClass.class, "both")).isEqualTo("interface method");
    assertThat(nameOn(PlainClass.class, "plain")).isEqualTo("interface");
  }

  @Test
  void anInterfacesAnnotationCoversTheClassesOtherMethodsToo() {
    assertThat(nameOn(PlainClass.class, "own")).isEqualTo("interface");
  }

  @Test
  void theInterfaceThatDeclaresTheMethodComesBeforeAnother() {
    assertThat(nameOn(MarkedFirst.class, "plain")).isEqualTo("interface");
    assertThat(nameOn(MarkedFirst.class, "own")).isEqualTo("marker");
  }

  @Transactional(name = "marker")
  interface Marker {}

  static class MarkedFirst implements Marker, AnnotatedInterface {
    @Override
    public void both() {}

    @Override
    public void plain() {}

    public void own() {}
  }

  @Test
  void theNearestAnnotationWinsWhole() {
    Transactional found = on(Reader.class, "write");

    assertThat(found.propagation()).isEqualTo(Propagation.REQUIRES_NEW);
    assertThat(found.readOnly()).isFalse();
    assertThat(found.host()).isEmpty();
  }

  @Transactional(readOnly = true, host = "replica")
  static class Reader {
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void write() {}
  }

  static class PlainBase {
    public void inherited() {}
  }

  @Transactional(name = "class")
  static class AnnotatedSub extends PlainBase {}

  @Transactional(name = "base")
  static class AnnotatedBase {
    public void inherited() {}

    @Transactional(name = "base method")
    public void overridden() {}
  }

  @Transactional(name = "sub")
  static class BothAnnotated extends AnnotatedBase {
    @Override
    public void overridden() {}
  }

  @Test
  void aClassesAnnotationCoversTheMethodsItInherits() {
    assertThat(nameOn(AnnotatedSub.class, "inherited")).isEqualTo("class");
  }

  @Test
  void theClassThatDeclaresTheMethodComesBeforeItsSubclass() {
    assertThat(nameOn(BothAnnotated.class, "inherited")).isEqualTo("base");
  }

  @Test
  void anOverriddenMethodsAnnotationHolds() {
    assertThat(nameOn(BothAnnotated.class, "overridden")).isEqualTo("base method");
  }

  @Target({ElementType.METHOD, ElementType.TYPE})
  @Retention(RetentionPolicy.RUNTIME)
  @Transactional(readOnly = true, retry = @Retry(maxAttempts = 5))
  @interface Query {
    @AliasFor(annotation = Transactional.class, attribute = "host")
    String from() default "replica";
  }

  static class Queries {
    @Query
    public void plain() {}

    @Query(from = "archive")
    public void elsewhere() {}
  }

  @Query(from = "class")
  static class QueryClass {
    public void inherited() {}
  }

  @Test
  void aMetaAnnotationIsFoundAndItsAliasesFilledIn() {
    assertThat(on(Queries.class, "plain").host()).isEqualTo("replica");
    assertThat(on(Queries.class, "elsewhere").host()).isEqualTo("archive");
    assertThat(on(Queries.class, "elsewhere").readOnly()).isTrue();
    assertThat(on(Queries.class, "elsewhere").retry().maxAttempts()).isEqualTo(5);
    assertThat(on(QueryClass.class, "inherited").host()).isEqualTo("class");
  }

  interface Handler<C, R> {
    @Transactional(name = "handler")
    R execute(C command);
  }

  static class StringHandler implements Handler<String, Integer> {
    @Override
    public Integer execute(String command) {
      return 1;
    }

    public Integer execute(Number other) {
      return 2;
    }
  }

  @Test
  void aGenericInterfacesMethodCoversItsImplementationAndNoOverload() throws Exception {
    Method implementation = StringHandler.class.getMethod("execute", String.class);
    Method declared = Handler.class.getMethod("execute", Object.class);
    Method overload = StringHandler.class.getMethod("execute", Number.class);

    assertThat(NearestAnnotation.TRANSACTIONAL.of(implementation, StringHandler.class)).isNotNull();
    assertThat(NearestAnnotation.TRANSACTIONAL.of(declared, StringHandler.class)).isNotNull();
    assertThat(NearestAnnotation.TRANSACTIONAL.of(overload, StringHandler.class)).isNull();
  }

  interface Defaults {
    @Transactional(name = "default method")
    default void given() {}
  }

  @Transactional(name = "class")
  static class AnnotatedUser implements Defaults {}

  static class PlainUser implements Defaults {}

  @Test
  void aDefaultMethodIsAnInterfaceMethod() {
    assertThat(nameOn(AnnotatedUser.class, "given")).isEqualTo("class");
    assertThat(nameOn(PlainUser.class, "given")).isEqualTo("default method");
  }

  @Test
  void aGeneratedProxyIsReadByItsInterfaces() throws Exception {
    Object proxy =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {AnnotatedInterface.class},
            (p, method, arguments) -> null);

    assertThat(
            NearestAnnotation.TRANSACTIONAL
                .of(AnnotatedInterface.class.getMethod("both"), proxy.getClass())
                .name())
        .isEqualTo("interface method");
  }

  @Test
  void methodsOfObjectAndStaticAndPrivateOnesHaveNone() throws Exception {
    @Transactional
    class Everything {
      @Override
      public String toString() {
        return "everything";
      }

      private void hidden() {}

      static void shared() {}
    }

    for (String name : new String[] {"toString", "hidden", "shared"}) {
      Method method = Everything.class.getDeclaredMethod(name);
      assertThat(NearestAnnotation.TRANSACTIONAL.of(method, Everything.class)).as(name).isNull();
    }
    assertThat(
            NearestAnnotation.TRANSACTIONAL.of(
                Object.class.getMethod("hashCode"), Everything.class))
        .isNull();
  }

  private static String nameOn(Class<?> type, String method) {
    return on(type, method).name();
  }

  private static Transactional on(Class<?> type, String name) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Method method : c.getDeclaredMethods()) {
        if (method.getName().equals(name)) {
          return NearestAnnotation.TRANSACTIONAL.of(method, type);
        }
      }
    }
    return NearestAnnotation.interfacesOf(type).stream()
        .flatMap(i -> Arrays.stream(i.getDeclaredMethods()))
        .filter(method -> method.getName().equals(name))
        .map(method -> NearestAnnotation.TRANSACTIONAL.of(method, type))
        .findFirst()
        .orElseThrow();
  }
}
