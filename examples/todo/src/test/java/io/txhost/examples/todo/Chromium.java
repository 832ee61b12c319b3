package io.txhost.examples.todo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * A real browser without a window, which runs no script of a page's. Both it and its driver end
 * with {@link #close()}.
 */
final class Chromium implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final String origin;
  private final ChromeDriver driver;

  private Chromium(int port, Path profile, Path browser, Path itsDriver) {
    this.origin = "http://127.0.0.1:" + port;
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // its sandbox does not start for root
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--remote-debugging-address=127.0.0.1",
        "--blink-settings=scriptEnabled=false",
        "--user-data-dir=" + profile);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(itsDriver.toFile())
            .usingAnyFreePort()
            .withTimeout(Duration.ofSeconds(60)) // on a machine that does much else
            .build();
    this.driver = new ChromeDriver(service, options);
  }

  /**
   * Starts it. Where there is none the test is skipped; with {@code -Dtxhost.browser=required} it
   * fails.
   */
  static Chromium start(int port, Path profile) {
    Optional<Path> browser = onPath("chromium");
    Optional<Path> itsDriver = onPath("chromedriver");
    boolean isThere = browser.isPresent() && itsDriver.isPresent();
    if ("required".equals(System.getProperty("txhost.browser"))) {
      assertThat(isThere).describedAs("chromium and chromedriver are on the PATH").isTrue();
    }
    assumeTrue(isThere, "chromium or chromedriver is not on the PATH");
    return new Chromium(port, profile, browser.orElseThrow(), itsDriver.orElseThrow());
  }

  private static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  void open(String path) {
    driver.get(origin + path);
  }

  /** The path and what follows. */
  String address() {
    return driver.getCurrentUrl().substring(origin.length());
  }

  WebElement one(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  void press(Keys key) {
    focused().sendKeys(key);
  }

  /**
   * Does what leads to another page, and waits until the one before is gone: the driver waits for a
   * page that loads, and not for one that is only about to.
   */
  void leave(Runnable step) {
    WebElement before = one("html");
    step.run();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (isThere(before)) {
      assertThat(System.nanoTime()).as("another page within 10 s").isLessThan(until);
    }
  }

  private static boolean isThere(WebElement element) {
    try {
      element.getTagName();
      return true;
    } catch (StaleElementReferenceException gone) {
      return false;
    }
  }

  /** What the function says of the page; beside the page's own scripts. */
  Object ask(String function) {
    return driver.executeScript(function);
  }

  void isDark(boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  void isWide(int width) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 800, "deviceScaleFactor", 2, "mobile", false));
  }

  /** The whole page, kept in {@code target/screenshots}. */
  void photograph(String name) {
    Map<String, Object> shot =
        driver.executeCdpCommand(
            "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(
          SCREENSHOTS.resolve(name + ".png"),
          Base64.getDecoder().decode((String) shot.get("data")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
