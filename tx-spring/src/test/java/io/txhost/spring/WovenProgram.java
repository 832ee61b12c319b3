package io.txhost.spring;

import io.txhost.Propagation;
import io.txhost.Transactional;
import io.txhost.spring.Shop.Items;
import io.txhost.spring.Shop.Tried;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** What weaving does, beyond what it does as proxies do. Runs in a JVM with the weaver. */
final class WovenProgram {
  private WovenProgram() {}

  /** What is expected of {@link #main}, beside what proxies do too. */
  static final Map<String, String> EXPECTED =
      Map.ofEntries(
          Map.entry("self-call", "rows 1, began [WovenProgram.Own.anew]"),
          Map.entry(
              "self-call in another",
              "IllegalStateException, rows 1, began [WovenProgram.Own.outer, WovenProgram.Own.anew]"),
          Map.entry("lambda", "rows 1, began [WovenProgram.Own.anew]"),
          Map.entry("private", "rows 1, began [WovenProgram.Own.hidden]"),
          Map.entry("final", "rows 1, began [WovenProgram.Own.fixed]"),
          Map.entry("static", "rows 1, began [WovenProgram.Own.ofClass]"),
          Map.entry("super", "rows 2, began [WovenProgram.Own.base, WovenProgram.Own.base]"),
          Map.entry("private of an annotated class", "rows 1, began [WovenProgram.Classwide.open]"),
          Map.entry("primitives", "7 true, rows 0, began [WovenProgram.Own.primitive]"),
          Map.entry(
              "retried inside another aspect",
              "other [thirdTime], rows 1, began [Shop.Orders.thirdTime, Shop.Orders.thirdTime, Shop.Orders.thirdTime]"),
          Map.entry("made by hand", "TXH-682, rows 0, began []"),
          Map.entry("made by hand, then known", "rows 1, began [WovenProgram.Own.anew]"),
          Map.entry("in a constructor", "BeanCreationException, rows 0, began []"),
          Map.entry("a prototype", "rows 1, began [WovenProgram.Own.anew]"),
          Map.entry("registered as an object", "rows 1, began [WovenProgram.Registered.place]"),
          Map.entry("static, with two contexts", "TXH-683, rows 0, began []"),
          Map.entry(
              "in a second context",
              "rows 0, began [] and there rows 1, began [WovenProgram.Own.anew]"),
          Map.entry("in a context without hosts", "TXH-682, rows 0, began []"),
          Map.entry("without a context", "TXH-682"),
          Map.entry("static, without a context", "TXH-683"),
          Map.entry(
              "what no proxy could serve, beside proxies",
              "rows 3, began [WovenProgram.NoProxy.hidden, WovenProgram.NoProxy.fixed,"
                  + " WovenProgram.NoProxy.hidden]"),
          Map.entry("at start", "in a transaction WovenProgram.Living.start"),
          Map.entry("at end", "in a transaction WovenProgram.Living.end"),
          Map.entry("annotated where AspectJ does not see it", "TXH-681 TXH-681 TXH-681"));

  /** Of somebody else. */
  @Aspect
  public static final class Other {
    static final List<String> CALLS = new CopyOnWriteArrayList<>();

    @Around("execution(* io.txhost.spring.Shop.Orders.thirdTime(..))")
    public Object counting(ProceedingJoinPoint execution) throws Throwable {
      CALLS.add(execution.getSignature().getName());
      return execution.proceed();
    }
  }

  static class Base {
    final Items items;

    Base(Items items) {
      this.items = items;
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void base() {
      items.insert();
    }
  }

  static class Own extends Base {
    Own(Items items) {
      super(items);
    }

    @Override
    @Transactional
    public void base() {
      items.insert();
      super.base();
    }

    public void plain() {
      anew();
    }

    @Transactional
    public void outer() {
      items.insert();
      anew();
      throw new IllegalStateException("user");
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public void anew() {
      items.insert();
    }

    public void byLambda() {
      Runnable later = this::anew;
      later.run();
    }

    public void callsHidden() {
      hidden();
    }

    @Transactional
    private void hidden() {
      items.insert();
    }

    @Transactional
    public final void fixed() {
      items.insert();
    }

    @Transactional
    public static void ofClass(Items items) {
      items.insert();
    }

    @Transactional
    public long primitive(int one, long two, boolean three) {
      return three ? one + two : 0;
    }
  }

  @Transactional
  static class Classwide {
    private final Items items;

    Classwide(Items items) {
      this.items = items;
    }

    public void open() {
      hidden();
    }

    private void hidden() {
      items.insert();
    }
  }

  static class Early {
    Early(Items items) {
      place(items);
    }

    @Transactional
    final void place(Items items) {
      items.insert();
    }
  }

  /** Each rule of proxies broken, in a context that makes them for what is not woven. */
  static final class NoProxy {
    private final Items items;

    NoProxy(Items items) {
      this.items = items;
    }

    @PostConstruct
    @Transactional
    void start() {
      hidden();
    }

    public void plain() {
      hidden();
      fixed();
      hidden();
    }

    @Transactional(propagation = Propagation.REQUIRES_NEW)
    private void hidden() {
      items.insert();
    }

    @Transactional
    public final void fixed() {
      items.insert();
    }
  }

  static class Living {
    static final List<String> SEEN = new CopyOnWriteArrayList<>();
    private final Items items;

    Living(Items items) {
      this.items = items;
    }

    @PostConstruct
    @Transactional
    void start() {
      seen();
    }

    @PreDestroy
    @Transactional
    void end() {
      seen();
    }

    private void seen() {
      SEEN.add(
          items
              .host
              .currentTransaction()
              .map(transaction -> "in a transaction " + transaction.name())
              .orElse("in none"));
    }
  }

  static class Registered {
    Items items;

    @Transactional
    void place() {
      items.insert();
    }
  }

  interface Annotated {
    @Transactional
    void run();
  }

  static class Unseen implements Annotated {
    @Override
    public void run() {}
  }

  @Transactional
  interface Places {}

  static class OfInterface implements Places {
    public void place() {}
  }

  static class Unannotated {
    public void inherited() {}
  }

  @Transactional
  static class Inherits extends Unannotated {}

  /** One line for each. */
  public static void main(String[] args) throws Exception {
    print("woven", Shop.outcomes(Shop.Woven.class));
    print("beside proxies", Shop.outcomes(Shop.Proxied.class));
    print("own", own());
  }

  private static void print(String what, Map<String, String> outcomes) {
    outcomes.forEach((name, outcome) -> System.out.println(what + ": " + name + " = " + outcome));
  }

  private static Map<String, String> own() throws Exception {
    Map<String, String> outcomes;
    Own left;
    try (var application = Shop.start(Shop.Woven.class)) {
      application.registerBean("own", Own.class);
      application.registerBean(Classwide.class);
      application.registerBean("prototype", Own.class, d -> d.setScope("prototype"));
      Tried tried = new Tried(application);
      outcomes = tried.outcomes;
      Items items = application.getBean(Items.class);
      Own own = application.getBean("own", Own.class);
      tried.run("self-call", own::plain);
      tried.run("self-call in another", own::outer);
      tried.run("lambda", own::byLambda);
      tried.run("private", own::callsHidden);
      tried.run("final", own::fixed);
      tried.run("static", () -> Own.ofClass(items));
      tried.run("super", own::base);
      tried.run("private of an annotated class", application.getBean(Classwide.class)::open);
      tried.run("primitives", () -> tried.said = own.primitive(3, 4, true) + " true, ");
      Other.CALLS.clear();
      tried.run(
          "retried inside another aspect",
          () -> {
            application.getBean(Shop.Orders.class).attempts = 0;
            application.getBean(Shop.Orders.class).thirdTime();
            tried.said = "other " + Other.CALLS + ", ";
          });
      left = new Own(items);
      tried.run("made by hand", left::anew);
      application.getAutowireCapableBeanFactory().autowireBean(left);
      tried.run("made by hand, then known", left::anew);
      tried.run(
          "in a constructor",
          () -> application.getAutowireCapableBeanFactory().createBean(Early.class));
      tried.run("a prototype", application.getBean("prototype", Own.class)::anew);
      registered(tried);
      second(tried, items);
      without(tried, items);
      left = new Own(items);
    }
    outcomes.put("without a context", refused(left::anew));
    Items items = left.items;
    outcomes.put("static, without a context", refused(() -> Own.ofClass(items)));
    outcomes.put("annotated where AspectJ does not see it", unseen());
    besideProxies(outcomes);
    living(outcomes);
    return outcomes;
  }

  private static void registered(Tried tried) throws Exception {
    Registered object = new Registered();
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(Shop.Woven.class, Shop.Hosts.class);
      application.getBeanFactory().registerSingleton("object", object);
      application.refresh();
      object.items = application.getBean(Items.class);
      Tried there = new Tried(application);
      there.run("here", object::place);
      tried.outcomes.put("registered as an object", there.outcomes.get("here"));
    }
  }

  private static void second(Tried tried, Items first) throws Exception {
    try (var second = Shop.start(Shop.Woven.class)) {
      second.registerBean("own", Own.class);
      Tried there = new Tried(second);
      Own own = second.getBean("own", Own.class);
      tried.run("in a second context", () -> there.run("here", own::anew));
      tried.outcomes.computeIfPresent(
          "in a second context",
          (name, outcome) -> outcome + " and there " + there.outcomes.get("here"));
      tried.run("static, with two contexts", () -> Own.ofClass(first));
    }
  }

  private static void without(Tried tried, Items items) throws Exception {
    try (var bare = new AnnotationConfigApplicationContext()) {
      bare.registerBean("items", Items.class, () -> items);
      bare.registerBean("own", Own.class);
      bare.refresh();
      tried.run("in a context without hosts", bare.getBean(Own.class)::anew);
    }
  }

  private static String refused(Runnable call) {
    try {
      call.run();
      return "ran";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage()).substring(0, 7);
    }
  }

  private static String unseen() {
    StartupRefusedException refusal =
        Applications.refusalOf(
            Shop.Woven.class, Shop.Hosts.class, Unseen.class, OfInterface.class, Inherits.class);
    return String.join(" ", refusal.findings().stream().map(f -> f.substring(0, 7)).toList());
  }

  private static void besideProxies(Map<String, String> outcomes) throws Exception {
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(Shop.Proxied.class, Shop.Hosts.class, NoProxy.class);
      application.refresh();
      Tried there = new Tried(application);
      there.run("here", application.getBean(NoProxy.class)::plain);
      outcomes.put("what no proxy could serve, beside proxies", there.outcomes.get("here"));
    }
  }

  private static void living(Map<String, String> outcomes) {
    try (var application = new AnnotationConfigApplicationContext()) {
      application.register(Shop.Woven.class, Shop.Hosts.class, Living.class);
      application.refresh();
    }
    outcomes.put("at start", Living.SEEN.get(0));
    outcomes.put("at end", Living.SEEN.get(1));
  }
}
