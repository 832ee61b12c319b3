package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import io.txhost.TransactionHost;
import io.txhost.TransactionOptions;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The pages in a real browser that runs none of their scripts. Once in a build, on the newer Java,
 * whose tasks have virtual threads. What it saw is in {@code target/screenshots}.
 */
// issue 15
@ActiveProfiles("postgres") // which ends one of two imports that wait for one another
@EnabledForJreRange(min = JRE.JAVA_25)
@Import(WaterfallInABrowserTest.Odd.class)
@TestInstance(Lifecycle.PER_CLASS)
final class WaterfallInABrowserTest extends RunningApplication {
  private static final String SCRIPT = "<script>document.title = 'run'</script>";
  private static final int WIDE = 1100;
  private static final int NARROW = 320;

  private Chromium chromium;
  private String look;

  /** A request whose names and statements are as odd as can be. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Odd {
    static final String TEXT = SCRIPT + " ]]> \" ' & \u202e desrever \u202c";

    @Bean
    OddController oddController(TransactionHost<Connection> host) {
      return new OddController(host);
    }
  }

  @RestController
  static final class OddController {
    private final TransactionHost<Connection> host;

    OddController(TransactionHost<Connection> host) {
      this.host = host;
    }

    @PostMapping("/odd")
    void run() throws SQLException {
      host.withTransaction(
          TransactionOptions.defaults().name(Odd.TEXT),
          () -> {
            try (Statement statement = host.tx().createStatement()) {
              statement.execute("select '" + Odd.TEXT.replace("'", "''") + "'");
              statement.execute("select '" + "x".repeat(100_000) + "'");
            }
          });
    }
  }

  @BeforeAll
  void startBrowser(@TempDir Path profile) throws IOException {
    chromium = Chromium.start(port, profile);
    look =
        new String(
            getClass().getResourceAsStream("/look.js").readAllBytes(), StandardCharsets.UTF_8);
  }

  @AfterAll
  void stopBrowser() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void asMostPeopleSeeIt() {
    chromium.isDark(false);
    chromium.isWide(WIDE);
  }

  private void assertThatItLooksRight() {
    assertThat(chromium.ask(look))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .isEmpty();
  }

  /** The page of the newest request, in both schemes and on a small screen, too. */
  private void openNewest(String name) {
    chromium.open("/requests");
    chromium.leave(chromium.one(".requests a")::click);
    assertThat(chromium.address()).matches("/requests/\\d+");
    photograph(name);
  }

  private void photograph(String name) {
    chromium.photograph(name);
    assertThatItLooksRight();
    chromium.isDark(true);
    chromium.photograph(name + "-dark");
    assertThatItLooksRight();
    chromium.isWide(NARROW);
    chromium.photograph(name + "-dark-narrow");
    assertThatItLooksRight();
    asMostPeopleSeeIt();
    chromium.isWide(NARROW);
    assertThatItLooksRight();
    chromium.isWide(WIDE);
  }

  /** The classes of the bars from top to bottom. */
  private List<String> bars() {
    return chromium.all(".waterfall .bar").stream()
        .map(bar -> bar.getAttribute("class").replaceFirst("^bar ", ""))
        .toList();
  }

  private List<String> labels() {
    return chromium.all(".waterfall .label").stream()
        .map(label -> label.getText().replaceAll("\\s+", " "))
        .toList();
  }

  private void submit(String title) {
    chromium.open("/");
    chromium.one("#title").sendKeys(title);
    chromium.leave(() -> chromium.press(Keys.ENTER));
  }

  private String post(String path, String body) {
    return browser
        .send(
            browser
                .to(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)))
        .body();
  }

  @Test
  void aTodoThatIsAdded() {
    submit("Buy milk");

    openNewest("add");

    assertThat(bars())
        .containsExactly(
            "request answered",
            "transaction committed",
            "wait-for-connection none",
            "connection none",
            "statement none",
            "statement none");
    assertThat(labels())
        .anyMatch(label -> label.startsWith("select id, title from todos where title = ?"))
        .anyMatch(label -> label.startsWith("insert into todos (title) values (?)"));
    assertThat(labels().get(1))
        .contains("transaction CreateTodoHandler.execute", "committed", "ms");
    assertThat(chromium.all(".lane")).hasSize(1);
  }

  @Test
  void aTodoThatIsThereAlready() {
    submit("Buy milk");
    submit("Buy milk");
    assertThat(chromium.one("#problem").getText()).isEqualTo("Todo already exists");

    openNewest("duplicate");

    assertThat(bars()).contains("request answered", "transaction rolled-back");
    assertThat(labels().get(1)).contains("rolled back: TodoAlreadyExistsException");
  }

  @Test
  void aRequestThatFails() {
    repository.afterInsert =
        () -> {
          throw new IllegalStateException("secret");
        };
    submit("Buy milk");
    assertThat(chromium.one(".problem").getText()).isEqualTo("An error occurred");

    openNewest("error");

    assertThat(bars()).contains("request failed", "transaction rolled-back");
    assertThat(labels().get(1)).contains("rolled back: IllegalStateException");
    assertThat(chromium.one("body").getText()).doesNotContain("secret");
  }

  @Test
  void anImportWithASavepointForEachTodo() {
    submit("Milk");
    assertThat(post("/imports", "{\"titles\":[\"Bread\",\"Milk\",\"Eggs\"]}"))
        .contains("2 of 3 todos created");

    openNewest("nested");

    assertThat(bars().stream().filter(bar -> bar.startsWith("savepoint")))
        .containsExactly("savepoint kept", "savepoint undone", "savepoint kept");
    assertThat(bars().stream().filter("statement none"::equals)).hasSize(5);
  }

  @Test
  void aPublicationInParallel() {
    CyclicBarrier bothAreThere = new CyclicBarrier(2);
    publisher.beforeInsert = () -> PublicationContract.await(bothAreThere);
    otherPublisher.beforeInsert = () -> PublicationContract.await(bothAreThere);
    assertThat(browser.postPublication("News", "email", "test", "other", "webhook"))
        .contains("\"success\":true");

    openNewest("parallel");

    assertThat(bars()).contains("transaction committed");
    assertThat(bars().stream().filter("statement none"::equals)).hasSize(5);
    assertThat(chromium.all(".lane")).hasSize(5);
    Set<String> threads = new TreeSet<>();
    chromium.all(".waterfall .thread").forEach(thread -> threads.add(thread.getText()));
    assertThat(threads).hasSameSizeAs(chromium.all(".lane"));
  }

  @Test
  void importsThatWaitForOneAnotherOfWhichOneIsTriedAgain() throws Exception {
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    AtomicInteger inserts = new AtomicInteger();
    repository.afterInsert =
        () -> {
          if (inserts.incrementAndGet() <= 2) {
            PublicationContract.await(bothHoldOne);
          }
        };
    AtomicInteger number = new AtomicInteger();
    PublicationContract.atOnce(
        2,
        () ->
            post(
                "/imports",
                number.incrementAndGet() == 1
                    ? "{\"titles\":[\"Bread\",\"Eggs\"]}"
                    : "{\"titles\":[\"Eggs\",\"Bread\"]}"));
    chromium.open("/requests");
    WebElement retried =
        chromium.all(".requests a").stream()
            .filter(link -> link.getText().contains("2 transactions"))
            .findFirst()
            .orElseThrow();
    chromium.leave(retried::click);

    photograph("retried");

    assertThat(bars().stream().filter(bar -> bar.matches("(transaction|pause) .*")))
        .containsExactly("transaction rolled-back", "pause none", "transaction committed");
    assertThat(labels())
        .anyMatch(label -> label.contains("(SQLSTATE 40P01), tried again"))
        .anyMatch(label -> label.contains("ImportTodosHandler.execute, attempt 2 committed"));
    assertThat(bars()).contains("statement failed");
  }

  @Test
  void theLastRequestsAreAListAndTheTodosHaveTheNewestBelow() {
    submit("Buy milk");
    submit("Buy milk");
    browser.postPublication("News", "email", "sms", "webhook");

    chromium.open("/requests");
    photograph("requests");
    chromium.open("/");
    photograph("todos");

    assertThat(chromium.all(".requests li")).hasSize(3);
    assertThat(chromium.all(".requests svg[role=img]"))
        .extracting(WebElement::getAccessibleName)
        .allMatch(name -> name.contains("POST /") && name.contains("transaction"));
  }

  @Test
  void aScriptInATitleStaysText() {
    submit(SCRIPT);
    assertThat(chromium.one("main > ul li").getText()).isEqualTo(SCRIPT);
    submit(SCRIPT);
    assertThat(chromium.one("#title").getAttribute("value")).isEqualTo(SCRIPT);
    post("/odd", "");

    openNewest("odd");

    assertThat(chromium.one(".waterfall").getText())
        .contains(SCRIPT + " ]]> \" ' & \\u202E desrever \\u202C");
    assertThat(labels())
        .anyMatch(label -> label.startsWith("select '" + SCRIPT.replace("'", "''")))
        .anyMatch(label -> label.startsWith("select 'xxx"));
    assertThat(chromium.all("script")).isEmpty();
    assertThat(chromium.ask("return document.title")).isNotEqualTo("run");
  }

  @Test
  void afterAddingATodoTheFocusIsInTheFieldAgain() throws SQLException {
    submit("Buy milk");
    assertThat(chromium.address()).isEqualTo("/?created");
    assertThat(chromium.focused().getAttribute("id")).isEqualTo("title");

    chromium.leave(() -> chromium.focused().sendKeys("Buy bread", Keys.ENTER));

    assertThat(titles()).containsExactly("Buy milk", "Buy bread");
  }

  @Test
  void theKeyboardReachesEachRequestAndEachBarOfIt() {
    submit("Buy milk");
    submit("Buy bread");
    chromium.open("/requests");
    tabTo("/requests/");
    String newest = chromium.focused().getAttribute("href");
    chromium.press(Keys.TAB);
    assertThat(chromium.focused().getAttribute("href")).contains("/requests/").isNotEqualTo(newest);

    chromium.leave(() -> chromium.press(Keys.ENTER));

    assertThat(chromium.address()).matches("/requests/\\d+");
    int bars = bars().size();
    tabTo("#bar-0");
    for (int bar = 0; bar < bars; bar++) {
      assertThat(chromium.focused().getDomAttribute("href")).isEqualTo("#bar-" + bar);
      assertThat(chromium.focused().getAriaRole()).isEqualTo("link");
      assertThat(chromium.focused().getAccessibleName()).contains(", begins at ", ", takes ");
      if (bar == 1) {
        chromium.photograph("focus");
      }
      chromium.press(Keys.TAB);
    }
    assertThat(chromium.focused().getDomAttribute("role")).isEqualTo("region"); // which scrolls

    chromium.open(chromium.address());
    tabTo("#bar-1");
    chromium.press(Keys.ENTER);
    assertThat(chromium.address()).endsWith("#bar-1");
    assertThat(chromium.one("tr:target").getText()).contains("CreateTodoHandler.execute");
  }

  /** At most as often as there are things on a page. */
  private void tabTo(String address) {
    for (int i = 0; i < 20; i++) {
      chromium.press(Keys.TAB);
      String href = chromium.focused().getDomAttribute("href");
      if (href != null && href.startsWith(address)) {
        return;
      }
    }
    throw new AssertionError("nothing leads to " + address);
  }
}
