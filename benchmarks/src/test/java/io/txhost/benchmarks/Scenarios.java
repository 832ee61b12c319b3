package io.txhost.benchmarks;

import io.txhost.benchmarks.Case.Peer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Who does what in which case, by name: {@code tx/txhost}. */
final class Scenarios {
  private static final Scenarios ALL = new Scenarios();

  private final Map<String, Function<FreeDriver, Scenario>> byName = new LinkedHashMap<>();

  private Scenarios() {
    OfTxhost.add(this);
    OfTxhostProxies.add(this);
    OfTxhostLibraries.add(this);
    OfSpring.add(this);
    OfSpringProxies.add(this);
    OfOthers.add(this);
  }

  void add(Case what, Peer who, Function<FreeDriver, Scenario> how) {
    byName.put(name(what, who), how);
  }

  static String name(Case what, Peer who) {
    return what.id() + "/" + who.id();
  }

  static boolean has(Case what, Peer who) {
    return ALL.byName.containsKey(name(what, who));
  }

  static Set<String> names() {
    return ALL.byName.keySet();
  }

  static List<String> names(Peer who) {
    return names().stream().filter(name -> name.endsWith("/" + who.id())).toList();
  }

  /** Ready to run, on a driver of its own. */
  static Scenario of(String name, FreeDriver driver) {
    return ALL.byName.get(name).apply(driver);
  }
}
