// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.continuo.cli.Terminal;
import dev.continuo.model.bundle.BundleStore;
import dev.continuo.v1.AudioChunk;
import dev.continuo.v1.Cancel;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.Commit;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionConfig;
import dev.continuo.v1.SpeechContinuationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What operators see of a running {@code serve}. */
@SuppressWarnings("NullAway.Init") // set as each test begins
class OperationsIT {
  private static final Path DASHBOARD = Path.of("..", "deploy", "grafana", "continuo.json");
  private static final int PATIENCE_SECONDS = 20;
  private static final Pattern READY =
      Pattern.compile("listening on 127.0.0.1:(\\d+), .*, http://127.0.0.1:(\\d+)/metrics\n");

  @TempDir private Path folder;
  private final Stop stop = new Stop();
  private final HttpClient http = HttpClient.newHttpClient();
  private FutureTask<Integer> running;
  private ManagedChannel channel;
  private int httpPort;

  private void start(String bundle, Path home) throws Exception {
    CompletableFuture<String> ready = new CompletableFuture<>();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void flush() {
            String line = toString(StandardCharsets.UTF_8);
            if (line.endsWith("\n")) {
              ready.complete(line);
            }
          }
        };
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            false);
    Context context = new Context(terminal, home, "continuo", stop);
    running =
        new FutureTask<>(
            () ->
                Main.run(
                    context,
                    "serve",
                    "--bundle",
                    bundle,
                    "--port",
                    "0",
                    "--http-port",
                    "0",
                    "--max-sessions",
                    "2",
                    "--step-aside-millis",
                    "100"));
    new Thread(running, "serve").start();
    Matcher line = READY.matcher(ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertThat(line.matches()).isTrue();
    httpPort = Integer.parseInt(line.group(2));
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(line.group(1)))
            .usePlaintext()
            .build();
  }

  @AfterEach
  void end() throws Exception {
    stop.ask();
    channel.shutdownNow();
    assertThat(running.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + httpPort + path);
    return http.send(
        HttpRequest.newBuilder(uri).header("Accept", accept).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String metrics() throws Exception {
    return get("/metrics", "*/*").body();
  }

  /** A conversation, and what came of it. */
  private static final class Client implements StreamObserver<ServerMessage> {
    final CompletableFuture<Boolean> started = new CompletableFuture<>();
    final CompletableFuture<Boolean> over = new CompletableFuture<>();
    StreamObserver<ClientMessage> requests;

    @Override
    public void onNext(ServerMessage message) {
      started.complete(true);
    }

    @Override
    public void onError(Throwable failure) {
      started.complete(false);
      over.complete(false);
    }

    @Override
    public void onCompleted() {
      over.complete(true);
    }
  }

  private Client call() throws Exception {
    Client client = new Client();
    client.requests = SpeechContinuationGrpc.newStub(channel).converse(client);
    client.requests.onNext(
        ClientMessage.newBuilder().setConfig(SessionConfig.getDefaultInstance()).build());
    client.started.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return client;
  }

  private static void speak(Client client) throws Exception {
    client.requests.onNext(
        ClientMessage.newBuilder()
            .setAudio(AudioChunk.newBuilder().setData(ByteString.copyFrom(new byte[32_000])))
            .build());
    client.requests.onNext(
        ClientMessage.newBuilder().setCommit(Commit.getDefaultInstance()).build());
    assertThat(client.over.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void countSessionsAsTheyComeAndGo() throws Exception {
    start("echo", folder);
    Client first = call();
    Client second = call();
    Client third = call();
    assertThat(third.over.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
    assertThat(metrics())
        .contains("continuo_sessions_active{bundle=\"echo\"} 2.0\n")
        .contains("continuo_sessions_max 2.0\n")
        .contains("continuo_sessions_rejected_total{reason=\"too_many_sessions\"} 1.0\n")
        .contains("continuo_sessions_started_total{bundle=\"echo\"} 2.0\n");
    speak(first);
    speak(second);
    assertThat(metrics())
        .contains("continuo_sessions_active{bundle=\"echo\"} 0.0\n")
        .contains("continuo_seats_taken 0.0\n")
        .contains("continuo_sessions_ended_total{bundle=\"echo\",reason=\"completed\"} 2.0\n")
        .contains("continuo_slot_wait_seconds_count{bundle=\"echo\"} 2\n")
        .contains("continuo_outbound_buffered_bytes{bundle=\"echo\"} 0.0\n")
        .contains("continuo_inbound_lateness_seconds_count{bundle=\"echo\"} 2\n");
  }

  @Test
  void countSilentSessionsThatMakeRoom() throws Exception {
    start(BundleStore.DEFAULT, BundleStore.home());
    Client first = call();
    Client second = call();
    Client third = call();
    while (!third.started.get()) {
      third = call(); // until one of them has been silent for long enough
    }
    String text = metrics();
    assertThat(text)
        .containsPattern("\ncontinuo_kv_evictions_total\\{bundle=\"[^\"]+\"} 1\\.0\n")
        .containsPattern("\ncontinuo_sessions_evicted\\{bundle=\"[^\"]+\"} 1\\.0\n")
        .containsPattern("\ncontinuo_sessions_active\\{bundle=\"[^\"]+\"} 3\\.0\n")
        .contains("\ncontinuo_seats_taken 2.0\n");
    assertThat(value(text, "continuo_kv_blocks_used"))
        .isEqualTo(value(text, "continuo_kv_blocks_max"))
        .isPositive();
    for (Client client : List.of(first, second, third)) {
      client.requests.onNext(
          ClientMessage.newBuilder().setCancel(Cancel.getDefaultInstance()).build());
      assertThat(client.over.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (value(metrics(), "continuo_sessions_evicted") > 0 && System.nanoTime() < end) {
      Thread.onSpinWait(); // the engine frees it at its next step
    }
    assertThat(value(metrics(), "continuo_sessions_evicted")).isZero();
    assertThat(value(metrics(), "continuo_kv_blocks_used")).isZero();
  }

  private static double value(String metrics, String name) {
    Matcher line = Pattern.compile("\n" + name + "\\{[^}]*} (\\S+)\n").matcher(metrics);
    assertThat(line.find()).isTrue();
    return Double.parseDouble(line.group(1));
  }

  @Test
  void speakTextAndOpenMetrics() throws Exception {
    start("echo", folder);
    HttpResponse<String> text = get("/metrics", "text/plain");
    assertThat(text.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(text.body()).contains("# HELP continuo_step_duration_seconds Time of one step");
    HttpResponse<String> open = get("/metrics", "application/openmetrics-text;version=1.0.0");
    assertThat(open.headers().firstValue("content-type").orElseThrow())
        .startsWith("application/openmetrics-text; version=1.0.0");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void haveEveryMetricThatTheDashboardAsksFor() throws Exception {
    start(BundleStore.DEFAULT, BundleStore.home());
    speak(call());
    String exported = metrics();
    Set<String> asked = new LinkedHashSet<>();
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        Matcher names =
            Pattern.compile("(?:continuo|process|jvm|grpc)_\\w+(?=\\{)")
                .matcher(target.get("expr").asString());
        while (names.find()) {
          asked.add(names.group());
        }
      }
    }
    assertThat(asked).hasSizeGreaterThan(20);
    List<String> missing = new ArrayList<>(asked);
    missing.removeIf(
        name -> exported.contains("\n" + name + "{") || exported.contains("\n" + name + " "));
    assertThat(missing).isEmpty();
    assertThat(dashboard.get("templating").get("list").get(0).get("type").asString())
        .isEqualTo("datasource");
  }

  @Test
  void sayWhetherTheServerLivesAndLetsSessionsIn() throws Exception {
    start("echo", folder);
    assertThat(get("/healthz", "*/*").statusCode()).isEqualTo(200);
    assertThat(get("/readyz", "*/*").statusCode()).isEqualTo(200);
    Client open = call();
    stop.ask();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (get("/readyz", "*/*").statusCode() == 200 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(get("/readyz", "*/*").statusCode()).isEqualTo(503);
    assertThat(get("/readyz", "*/*").body()).isEqualTo("draining\n");
    assertThat(get("/healthz", "*/*").statusCode()).isEqualTo(200);
    speak(open);
  }

  @Test
  void tellThatAPortWhichWasAskedForIsTaken() throws Exception {
    start("echo", folder);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    int code =
        Main.run(
            new Context(terminal, folder, "continuo", stop),
            "serve",
            "--bundle",
            "echo",
            "--port",
            "0",
            "--http-port",
            "" + httpPort);
    assertThat(code).isEqualTo(4);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("continuo: 127.0.0.1:" + httpPort + ": HTTP cannot be listened on: ")
        .hasLineCount(1);
  }
}
