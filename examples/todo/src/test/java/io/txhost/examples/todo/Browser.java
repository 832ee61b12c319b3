package io.txhost.examples.todo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Talks to a running application over real HTTP; follows no redirect. */
final class Browser {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI origin;

  Browser(int port) {
    origin = URI.create("http://127.0.0.1:" + port);
  }

  HttpResponse<String> get(String path) {
    return send(to(path).GET());
  }

  HttpResponse<String> getPage(String path) {
    return send(to(path).header("Accept", "text/html").GET());
  }

  /** POST /todos of this title, which needs no escaping. */
  HttpResponse<String> postTodo(String title) {
    return postJson("{\"title\":\"" + title + "\"}");
  }

  HttpResponse<String> postJson(String body) {
    return postJson(BodyPublishers.ofString(body));
  }

  HttpResponse<String> postJson(BodyPublisher body) {
    return send(to("/todos").header("Content-Type", "application/json").POST(body));
  }

  /** POST /publications on these channels in parallel, and what it answers. */
  String postPublication(String title, String... channels) {
    String body =
        "{\"title\":\""
            + title
            + "\",\"parallel\":true,\"channels\":[\""
            + String.join("\",\"", channels)
            + "\"]}";
    return send(to("/publications")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)))
        .body();
  }

  HttpResponse<String> submit(String title) {
    return submitRaw("title=" + URLEncoder.encode(title, StandardCharsets.UTF_8));
  }

  HttpResponse<String> submitRaw(String form, String... headers) {
    return submitRaw(BodyPublishers.ofString(form), headers);
  }

  HttpResponse<String> submitRaw(BodyPublisher form, String... headers) {
    HttpRequest.Builder request =
        to("/")
            .header("Accept", "text/html")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(form);
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(origin.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
