package io.txhost.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.proxies;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import io.txhost.Retry;
import io.txhost.Transactional;
import io.txhost.spring.WithContext;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.ExecutableHint;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.transaction.TransactionManager;
import org.springframework.util.ClassUtils;
import org.yaml.snakeyaml.Yaml;

/** What is told to who closes the world: of the annotations by hints, of the adapters by files. */
final class RuntimeHintsTest {

  @Test
  void theAnnotationsAreReadAheadOfTime() {
    RuntimeHints hints = registered();

    assertThat(Stream.of(Transactional.class, Retry.class, WithContext.class))
        .allSatisfy(
            annotation -> {
              assertThat(
                      reflection()
                          .onType(annotation)
                          .withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS))
                  .accepts(hints);
              assertThat(proxies().forInterfaces(annotation)).accepts(hints);
            });
  }

  @Test
  void whatHandsSpringsSettingsToTheManagerIsCalled() {
    List<Class<?>> there =
        ManagerFactory.CUSTOMIZERS.stream()
            .filter(name -> ClassUtils.isPresent(name, null))
            .<Class<?>>map(RuntimeHintsTest::loaded)
            .toList();

    assertThat(there).hasSize(1);
    // read by itself: the predicates of methods differ between Spring 6.2 and 7
    assertThat(registered().reflection().getTypeHint(there.get(0)).methods())
        .singleElement()
        .returns(ManagerFactory.CUSTOMIZE, ExecutableHint::getName)
        .returns(
            List.of(TypeReference.of(TransactionManager.class)), ExecutableHint::getParameterTypes)
        .returns(ExecutableMode.INVOKE, ExecutableHint::getMode);
  }

  private static RuntimeHints registered() {
    RuntimeHints hints = new RuntimeHints();
    SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
        .load(RuntimeHintsRegistrar.class)
        .stream()
        .filter(TxHostRuntimeHints.class::isInstance)
        .forEach(
            registrar -> registrar.registerHints(hints, RuntimeHintsTest.class.getClassLoader()));
    return hints;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tx-core", "tx-adapter-jdbc", "tx-adapter-jdbi"})
  void whatAnAdaptersFileNamesIsThere(String module) throws Exception {
    List<Map<String, Object>> types = reflectionOf(module);

    assertThat(types).isNotEmpty();
    for (Map<String, Object> type : types) {
      if (type.get("type") instanceof Map<?, ?> shown) {
        Class<?>[] faces =
            ((List<?>) shown.get("proxy"))
                .stream().map(name -> loaded((String) name)).toArray(Class<?>[]::new);
        assertThat(Proxy.newProxyInstance(getClass().getClassLoader(), faces, (p, m, a) -> null))
            .isInstanceOf(faces[0]);
      } else if (isHere(type)) {
        Class<?> named = loaded((String) type.get("type"));
        assertThat(namesOf(type, "methods"))
            .as(named.getName())
            .isSubsetOf(
                Stream.concat(
                        Arrays.stream(named.getDeclaredMethods()),
                        Arrays.stream(named.getMethods()))
                    .map(method -> method.getName())
                    .toList());
        assertThat(namesOf(type, "fields"))
            .as(named.getName())
            .isSubsetOf(
                Arrays.stream(named.getDeclaredFields()).map(field -> field.getName()).toList());
      }
    }
  }

  /** What the application need not have, and what only a later Java has. */
  private static boolean isHere(Map<String, Object> type) {
    String name = (String) type.get("type");
    return ClassUtils.isPresent(name, null)
        && !(name.equals("java.lang.Thread") && Runtime.version().feature() < 21);
  }

  private static Class<?> loaded(String name) {
    return ClassUtils.resolveClassName(name, null);
  }

  private static List<String> namesOf(Map<String, Object> type, String kind) {
    return type.get(kind) instanceof List<?> all
        ? all.stream().map(one -> (String) ((Map<?, ?>) one).get("name")).toList()
        : List.of();
  }

  @SuppressWarnings("unchecked") // the file's shape
  private static List<Map<String, Object>> reflectionOf(String module) throws IOException {
    String file = "META-INF/native-image/io.txhost/" + module + "/reachability-metadata.json";
    try (InputStream in = RuntimeHintsTest.class.getClassLoader().getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      return (List<Map<String, Object>>) new Yaml().<Map<String, Object>>load(in).get("reflection");
    }
  }
}
