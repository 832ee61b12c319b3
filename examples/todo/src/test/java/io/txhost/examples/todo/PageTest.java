package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page at {@code /}, as a browser without JavaScript sees it. */
final class PageTest extends RunningApplication {
  private static final String SCRIPT = "\"><script>alert(1)</script>";
  private static final String ESCAPED = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";

  @Test
  void thePageHasALanguageATitleAndALabelledField() {
    HttpResponse<String> page = browser.getPage("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
    assertThat(page.body())
        .contains("<html lang=\"en\">", "<title>Todos</title>", "<h1>Todos</h1>")
        .contains("<label for=\"title\">", "<input id=\"title\" name=\"title\"")
        .contains("maxlength=\"200\"", "There are no todos yet")
        .contains("<button type=\"submit\">Add</button>")
        .doesNotContain(
            "<script", "role=\"alert\"", "role=\"status\"", "aria-invalid", "autofocus");
  }

  @Test
  void aSubmittedTodoIsListedAfterARedirect() throws SQLException {
    HttpResponse<String> submitted = browser.submit("Äpfel & Birnen");

    assertThat(submitted.statusCode()).isEqualTo(303);
    assertThat(submitted.headers().firstValue("Location")).hasValue("/?created");
    assertThat(titles()).containsExactly("Äpfel & Birnen");
    assertThat(browser.getPage("/?created").body())
        .contains("<li>Äpfel &amp; Birnen</li>", "role=\"status\"", "Todo created", "autofocus")
        .doesNotContain("There are no todos yet");
  }

  @Test
  void titlesAreEscapedWhereverTheyAreShown() {
    browser.submit(SCRIPT);

    assertThat(browser.getPage("/").body())
        .contains("<li>" + ESCAPED + "</li>")
        .doesNotContain("<script");
    assertThat(browser.submit(SCRIPT).body())
        .contains("value=\"" + ESCAPED + "\"")
        .doesNotContain("<script");
  }

  @Test
  void aTodoThatIsThereIsRefusedWhereItWasTyped() throws SQLException {
    browser.submit("My Todo");
    HttpResponse<String> again = browser.submit("My Todo");

    assertThat(again.statusCode()).isEqualTo(409);
    assertProblem(again, "Todo already exists");
    assertThat(again.body()).contains("value=\"My Todo\"", "<li>My Todo</li>");
    assertThat(titles()).containsExactly("My Todo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"title=", "title=+%E3%80%80", "", "titel=My+Todo"})
  void aFormWithoutATitleIsRefused(String form) throws SQLException {
    HttpResponse<String> refused = browser.submitRaw(form);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).containsPattern("role=\"alert\">The title is (blank|missing)<");
    assertThat(titles()).isEmpty();
  }

  @Test
  void aTitleThatIsTooLongIsRefusedAndStaysToBeMended() throws SQLException {
    HttpResponse<String> refused = browser.submit("x".repeat(201));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertProblem(refused, "The title is longer than 200 characters");
    assertThat(refused.body()).contains("value=\"" + "x".repeat(201) + "\"");
    assertThat(titles()).isEmpty();
  }

  @Test
  void aFormThatIsNoFormIsRefused() throws SQLException {
    HttpResponse<String> refused = browser.submitRaw("title=%ZZ");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertProblem(refused, "The form cannot be read");
    assertThat(titles()).isEmpty();
  }

  @Test
  void aHugeFormIsRefused() throws SQLException {
    HttpResponse<String> refused = browser.submit("x".repeat(1_000_000));

    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("role=\"alert\">The body is larger than 16 KB<");
    assertThat(titles()).isEmpty();
  }

  @Test
  void aHugeFormThatDoesNotSayItsSizeIsRefused() throws SQLException {
    byte[] form = ("title=" + "x".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8);

    HttpResponse<String> refused =
        browser.submitRaw(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(form)));

    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(titles()).isEmpty();
  }

  @Test
  void anUnexpectedErrorTellsNoDetail() throws SQLException {
    repository.afterInsert =
        () -> {
          throw new IllegalStateException("secret");
        };

    try (SqlLog errors = SqlLog.watch("org.apache.catalina.core")) {
      HttpResponse<String> failed = browser.submit("My Todo");

      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body())
          .contains("<html lang=\"en\">", "role=\"alert\">An error occurred<", "href=\"/\"")
          .doesNotContain("secret", "Exception");
      assertThat(errors.lines()).hasSize(1);
    }
    assertThat(titles()).isEmpty();
  }

  @Test
  void aPageThatIsNotThereIsSaidSo() {
    HttpResponse<String> missing = browser.getPage("/nowhere");

    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).contains("role=\"alert\"", "Back to the todos");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void aFormOfAnotherSiteIsRefused(String site) throws SQLException {
    HttpResponse<String> refused = browser.submitRaw("title=My+Todo", "Sec-Fetch-Site", site);

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(titles()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"same-origin", "none"})
  void thePagesOwnFormIsTaken(String site) throws SQLException {
    assertThat(browser.submitRaw("title=My+Todo", "Sec-Fetch-Site", site).statusCode())
        .isEqualTo(303);
    assertThat(titles()).containsExactly("My Todo");
  }

  @Test
  void noScriptMayRunAndNoCookieIsSet() {
    HttpResponse<String> page = browser.getPage("/");

    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none';")
        .doesNotContain("script-src", "unsafe");
    assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void theStyleSheetIsServed() {
    HttpResponse<String> css = browser.get("/todo.css");

    assertThat(css.statusCode()).isEqualTo(200);
    assertThat(css.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/css");
  }

  /** Said at the top, and at the field, which has the focus. */
  private static void assertProblem(HttpResponse<String> page, String problem) {
    assertThat(page.body())
        .contains("<title>Problem: " + problem + " – Todos</title>")
        .contains("id=\"problem\" class=\"problem\" role=\"alert\">" + problem + "<")
        .contains("aria-invalid=\"true\"", "aria-describedby=\"problem\"", "autofocus");
  }
}
