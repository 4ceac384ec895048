// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over a real socket. */
@SuppressWarnings("NullAway.Init") // set before each test
class HttpServerTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        HttpServer.listen(
            new InetSocketAddress(HERE, 0),
            Map.of(
                "/page", accept -> new Page.Answer(200, "text/x", "für " + accept),
                "/busy", accept -> Page.Answer.text(503, "busy"),
                "/broken",
                    accept -> {
                      throw new IllegalStateException("secret");
                    }));
  }

  @AfterEach
  void stop() {
    server.close();
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://" + HERE.getHostAddress() + ":" + server.port() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(HERE, server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void servesItsPages() throws Exception {
    HttpResponse<String> page = send("GET", "/page?name=x", "Accept", "sure");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).isEqualTo("für sure");
    assertThat(page.headers().firstValue("content-type")).contains("text/x");
    assertThat(page.headers().firstValue("content-length")).contains("9");
    assertThat(send("GET", "/page").body()).isEqualTo("für ");
    assertThat(send("GET", "/busy").statusCode()).isEqualTo(503);
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    HttpResponse<String> page = send("HEAD", "/page");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).isEmpty();
    assertThat(page.headers().firstValue("content-length")).contains("5");
  }

  @Test
  void saysWhatItDoesNotHaveAndWhatItCannotDo() throws Exception {
    assertThat(send("GET", "/other").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/other").body()).contains("/broken, /busy, /page");
    HttpResponse<String> post = send("POST", "/page");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).contains("GET, HEAD");
    assertThat(send("GET", "/broken").statusCode()).isEqualTo(500);
    assertThat(send("GET", "/broken").body()).doesNotContain("secret");
  }

  @Test
  void endsAConnectionThatIsNotHttp() throws IOException {
    assertThat(raw("no such thing\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(raw("GET /page HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ").endsWith("für ");
    assertThat(raw("POST /page HTTP/1.1\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void tellsThatItsPortIsTaken() {
    assertThatThrownBy(
            () -> HttpServer.listen(new InetSocketAddress(HERE, server.port()), Map.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use");
  }
}
