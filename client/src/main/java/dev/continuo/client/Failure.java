// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.continuo.wire.Reasons;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a status says: google.rpc details, and a line for a person.
 *
 * <p><i>Serialised by the caller.</i>
 */
final class Failure {
  private static final int MAX_CAUSE = 120;

  private String reason = "";
  private String field = "";
  private @Nullable Duration retryDelay;

  private Failure() {}

  /**
   * The exception for what ended a call.
   *
   * @param address of the server, as the user gave it
   * @param thrown a gRPC status exception with its trailers, or anything else
   */
  static ServerException of(String address, Throwable thrown) {
    if (thrown instanceof ServerException known) {
      return known;
    }
    Status status = Status.fromThrowable(thrown);
    Failure failure = new Failure();
    com.google.rpc.Status rich = StatusProto.fromThrowable(thrown);
    if (rich != null) {
      rich.getDetailsList().forEach(failure::read);
    }
    String code = status.getCode().name();
    String head = failure.reason.isEmpty() ? code : code + " " + failure.reason;
    String what = what(status);
    String advice = what.contains("(expected: ") ? "" : failure.advice(status.getCode());
    String line = address + ": " + head + ": " + what;
    return new ServerException(
        printable(advice.isEmpty() ? line : line + " (" + advice + ")"),
        status.getCode(),
        failure.reason,
        failure.field,
        failure.retryDelay,
        thrown);
  }

  private void read(Any detail) {
    try {
      if (detail.is(ErrorInfo.class)) {
        reason = detail.unpack(ErrorInfo.class).getReason();
      } else if (detail.is(RetryInfo.class)) {
        com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
        retryDelay = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
      } else if (detail.is(BadRequest.class)) {
        BadRequest bad = detail.unpack(BadRequest.class);
        field = bad.getFieldViolationsCount() > 0 ? bad.getFieldViolations(0).getField() : "";
      }
    } catch (InvalidProtocolBufferException | ArithmeticException e) {
      // a detail that cannot be read says nothing; the status itself still does
      return;
    }
  }

  /** The description; where gRPC says no more than "io exception", what lies below it. */
  private static String what(Status status) {
    String description = status.getDescription();
    if (description != null && !description.startsWith("io exception")) {
      return description;
    }
    for (Throwable e = status.getCause(); e != null; e = e.getCause()) {
      String message = e.getMessage();
      if (message != null) {
        // a TLS client's failure holds all bytes that are no TLS
        return message.length() <= MAX_CAUSE ? message : message.substring(0, MAX_CAUSE) + "...";
      }
    }
    return description == null ? "no description" : "the connection broke";
  }

  private String advice(Status.Code code) {
    String again =
        retryDelay == null
            ? "try again later"
            : String.format(Locale.ROOT, "try again in %.1f s", retryDelay.toMillis() / 1e3);
    return switch (reason) {
      case Reasons.UNKNOWN_BUNDLE -> "ListBundles names those it has";
      case Reasons.NOT_BUILT -> field.isEmpty() ? "do without" : "leave " + field + " out";
      case Reasons.AUDIO_TOO_LONG -> "send a shorter prompt";
      case Reasons.TOO_MANY_SESSIONS, Reasons.SHUTTING_DOWN -> again;
      case Reasons.IDLE_TIMEOUT -> "send audio without a break, then commit";
      case Reasons.SLOW_CONSUMER -> "read as fast as audio is spoken";
      case Reasons.DEFECT -> "the server's log says more";
      case "" -> adviceOf(code);
      default -> "";
    };
  }

  private static String adviceOf(Status.Code code) {
    return switch (code) {
      case UNAVAILABLE -> "check the address, and that a server is running there";
      case DEADLINE_EXCEEDED -> "the server or the network is too slow; try again";
      case UNIMPLEMENTED -> "is a Continuo server of this version listening there?";
      case RESOURCE_EXHAUSTED -> "send smaller messages, or try again later";
      default -> "";
    };
  }

  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
  }
}
