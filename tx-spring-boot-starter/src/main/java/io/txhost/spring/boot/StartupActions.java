package io.txhost.spring.boot;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What to do about each finding that refuses a start, by its code. */
final class StartupActions {
  private static final Pattern CODE = Pattern.compile("^TXH-\\d+");
  private static final String PAGE = "docs/troubleshooting.md has it with an example.";

  private static final Map<String, String> BY_CODE =
      Map.ofEntries(
          Map.entry(
              "TXH-601",
              "Annotate a public method that another bean calls, or call host.withTransaction(..)"
                  + " or Context.call(..) inside it."),
          Map.entry(
              "TXH-602",
              "Annotate an instance method that another bean calls, or call"
                  + " host.withTransaction(..) or Context.call(..) inside it."),
          Map.entry(
              "TXH-603", "Make the method non-final, or annotate single methods, not the class."),
          Map.entry("TXH-604", "Make the method protected or public."),
          Map.entry(
              "TXH-605",
              "Let the class be extended: it is no record, and in Kotlin it is open, by the compiler"
                  + " plugin kotlin-spring, say. Or give it an interface and set"
                  + " spring.aop.proxy-target-class=false."),
          Map.entry(
              "TXH-606",
              "Declare the method in an interface, or leave spring.aop.proxy-target-class at true."),
          Map.entry(
              "TXH-607",
              "Return the value itself, annotate what the other thread runs, or add @Async."),
          Map.entry(
              "TXH-608",
              "Take one of the names that are listed. Hosts are named after their DataSource beans,"
                  + " the primary one's is 'default'."),
          Map.entry(
              "TXH-609", "Correct the attribute. Durations are such as 500ms, 5s, 2m or PT5S."),
          Map.entry(
              "TXH-610",
              "Move the methods to a bean of their own, or let the processor find it through an"
                  + " ObjectProvider."),
          Map.entry(
              "TXH-611",
              "Replace the annotation by io.txhost.Transactional. Where it is meant for another"
                  + " database, set txhost.spring.foreign-transactional=warn."),
          Map.entry("TXH-612", "Correct the property."),
          Map.entry(
              "TXH-613",
              "Use @EnableTransactionHosts once. The starter's own stands back for yours."),
          Map.entry("TXH-622", "Declare the type argument of the ContextInitializer."),
          Map.entry(
              "TXH-623",
              "Wrap the body in host.withTransaction(..) or Context.call(..), or annotate what an"
                  + " @EventListener for ApplicationReadyEvent calls."),
          Map.entry(
              "TXH-627",
              "Call setRollbackOnly() in the test, or let it commit and clean up after it."),
          Map.entry(
              "TXH-629", "Move to Spring Boot 3.5 or 4, or call host.withTransaction(..) alone."),
          Map.entry(
              "TXH-645",
              "Keep one of the two annotations. With the manager on the host, each begins and joins"
                  + " the same transactions."),
          Map.entry(
              "TXH-680",
              "Start Java with -javaagent:aspectjweaver.jar, or compile with ajc, or leave the mode"
                  + " of @EnableTransactionHosts away."),
          Map.entry(
              "TXH-681",
              "Put the annotation on the method itself, or on the class that declares it."),
          Map.entry(
              "TXH-685",
              "Let another bean call the method, or wrap the call in host.withTransaction(..)."
                  + " txhost.spring.self-calls=warn logs it."),
          Map.entry(
              "TXH-691", "Take the event itself, or let withoutTransaction be FAIL or DROP."));

  /** What tx-spring says where an annotation finds no host at all. */
  private static final String NO_HOST = " finds no host,";

  private static final String NO_DATABASE =
      "TXH-608: Give the application a DataSource: spring-boot-starter-jdbc, a driver, and"
          + " spring.datasource.url. Each DataSource bean has a host. If there is one, see whether"
          + " TxHostAutoConfiguration is excluded.";

  private StartupActions() {}

  /** One line for each code, in the order of the findings. */
  static String of(List<String> findings) {
    StringBuilder text = new StringBuilder();
    findings.stream()
        .flatMap(StartupActions::actions)
        .distinct()
        .forEach(action -> text.append(action).append('\n'));
    return text.append(PAGE).toString();
  }

  private static Stream<String> actions(String finding) {
    return finding.startsWith("TXH-608") && finding.contains(NO_HOST)
        ? Stream.of(NO_DATABASE)
        : CODE.matcher(finding).results().map(MatchResult::group).map(StartupActions::action);
  }

  private static String action(String code) {
    return code + ": " + BY_CODE.getOrDefault(code, "Do what the finding says.");
  }

  static boolean knows(String code) {
    return BY_CODE.containsKey(code);
  }
}
