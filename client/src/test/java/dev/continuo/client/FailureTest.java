// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.RetryInfo;
import dev.continuo.wire.Reasons;
import io.grpc.Status;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
  @Test
  void namesTheFieldThatIsWrong() {
    BadRequest bad =
        BadRequest.newBuilder()
            .addFieldViolations(FieldViolation.newBuilder().setField("sampling.top_p"))
            .build();
    ServerException failure =
        failure(
            Status.INVALID_ARGUMENT.withDescription("sampling.top_p: 2 (expected: at most 1)"),
            Reasons.INVALID_SETTING,
            bad);
    assertThat(failure)
        .hasMessage(
            "host:1: INVALID_ARGUMENT INVALID_SETTING: sampling.top_p: 2 (expected: at most 1)");
    assertThat(failure.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure.reason()).isEqualTo(Reasons.INVALID_SETTING);
    assertThat(failure.field()).isEqualTo("sampling.top_p");
    assertThat(failure.retryDelay()).isEmpty();
  }

  @Test
  void saysWhenToTryAgain() {
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
            .build();
    ServerException failure =
        failure(
            Status.RESOURCE_EXHAUSTED.withDescription("4 sessions run"),
            Reasons.TOO_MANY_SESSIONS,
            retry);
    assertThat(failure)
        .hasMessage(
            "host:1: RESOURCE_EXHAUSTED TOO_MANY_SESSIONS: 4 sessions run (try again in 1.5 s)");
    assertThat(failure.retryDelay()).contains(java.time.Duration.ofMillis(1500));
  }

  @Test
  void looksBelowAnIoExceptionOfNoFurtherWords() {
    Status status =
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new ConnectException("Connection refused: host/10.0.0.1:1"));
    ServerException failure = Failure.of("host:1", status.asRuntimeException());
    assertThat(failure)
        .hasMessage(
            "host:1: UNAVAILABLE: Connection refused: host/10.0.0.1:1"
                + " (check the address, and that a server is running there)")
        .hasRootCauseInstanceOf(ConnectException.class);
    assertThat(failure.reason()).isEmpty();
    assertThat(failure.field()).isEmpty();
  }

  @Test
  void keepsWhatIsBehindAnIoExceptionToItself() {
    Status status =
        Status.UNAVAILABLE
            .withDescription("io exception\nChannel Pipeline: [SslHandler#0]")
            .withCause(new ClosedChannelException());
    assertThat(Failure.of("host:1", status.asRuntimeException()))
        .hasMessage(
            "host:1: UNAVAILABLE: the connection broke"
                + " (check the address, and that a server is running there)");
  }

  @Test
  void cutsACauseThatIsLong() {
    Status status = Status.UNAVAILABLE.withCause(new ConnectException("0".repeat(500)));
    assertThat(Failure.of("host:1", status.asRuntimeException()))
        .hasMessageStartingWith("host:1: UNAVAILABLE: " + "0".repeat(120) + "... (check");
  }

  @Test
  void addsNoAdviceToOneThatIsThere() {
    Status status = Status.NOT_FOUND.withDescription("bundle: x (expected: one of a, b)");
    assertThat(failure(status, Reasons.UNKNOWN_BUNDLE))
        .hasMessage("host:1: NOT_FOUND UNKNOWN_BUNDLE: bundle: x (expected: one of a, b)");
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN_BUNDLE, ListBundles names those it has",
    "NOT_BUILT, do without",
    "AUDIO_TOO_LONG, send a shorter prompt",
    "SHUTTING_DOWN, try again later",
    "IDLE_TIMEOUT, 'send audio without a break, then commit'",
    "SLOW_CONSUMER, read as fast as audio is spoken",
    "DEFECT, the server's log says more"
  })
  void advises(String reason, String advice) {
    assertThat(failure(Status.ABORTED.withDescription("x"), reason))
        .hasMessage("host:1: ABORTED " + reason + ": x (" + advice + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "DEADLINE_EXCEEDED, the server or the network is too slow; try again",
    "UNIMPLEMENTED, is a Continuo server of this version listening there?",
    "RESOURCE_EXHAUSTED, 'send smaller messages, or try again later'"
  })
  void advisesWhereTheServerGaveNoReason(Status.Code code, String advice) {
    assertThat(Failure.of("host:1", code.toStatus().asRuntimeException()))
        .hasMessage("host:1: " + code + ": no description (" + advice + ")");
  }

  @Test
  void isOneLineWhateverTheServerSays() {
    assertThat(failure(Status.INTERNAL.withDescription("a\nb\u2028c\u001b[2J"), "X"))
        .hasMessage("host:1: INTERNAL X: a b c [2J");
  }

  private static ServerException failure(
      Status status, String reason, com.google.protobuf.Message... details) {
    return Failure.of("host:1", FakeServer.failure(status, reason, details));
  }
}
