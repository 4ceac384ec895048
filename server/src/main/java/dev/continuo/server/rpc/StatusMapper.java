// SPDX-License-Identifier: Apache-2.0
package dev.continuo.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RequestInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.continuo.server.session.SessionFailure;
import dev.continuo.wire.Reasons;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.util.Map;

/**
 * Which status a failure is, with its details.
 *
 * <p><i>Thread-safe: stateless.</i>
 */
final class StatusMapper {
  private static final Map<String, Code> CODES =
      Map.ofEntries(
          Map.entry(Reasons.CONFIG_EXPECTED, Code.INVALID_ARGUMENT),
          Map.entry(Reasons.CONFIG_TWICE, Code.INVALID_ARGUMENT),
          Map.entry(Reasons.INVALID_SETTING, Code.INVALID_ARGUMENT),
          Map.entry(Reasons.INVALID_AUDIO, Code.INVALID_ARGUMENT),
          Map.entry(Reasons.EMPTY_MESSAGE, Code.INVALID_ARGUMENT),
          Map.entry(Reasons.AUDIO_TOO_LONG, Code.INVALID_ARGUMENT),
          Map.entry(Reasons.OUT_OF_ORDER, Code.FAILED_PRECONDITION),
          Map.entry(Reasons.UNKNOWN_BUNDLE, Code.NOT_FOUND),
          Map.entry(Reasons.NOT_BUILT, Code.UNIMPLEMENTED),
          Map.entry(Reasons.TOO_MANY_SESSIONS, Code.RESOURCE_EXHAUSTED),
          Map.entry(Reasons.IDLE_TIMEOUT, Code.DEADLINE_EXCEEDED),
          Map.entry(Reasons.SESSION_MAX_AGE, Code.DEADLINE_EXCEEDED),
          Map.entry(Reasons.SLOW_CONSUMER, Code.ABORTED),
          Map.entry(Reasons.SHUTTING_DOWN, Code.UNAVAILABLE),
          Map.entry(Reasons.DEFECT, Code.INTERNAL));

  private static final Metadata.Key<Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin", ProtoUtils.metadataMarshaller(Status.getDefaultInstance()));

  private StatusMapper() {}

  /** The status of a failure. */
  static StatusRuntimeException of(SessionFailure failure) {
    Status.Builder status = status(failure.reason(), failure.line());
    failure
        .field()
        .ifPresent(
            field ->
                status.addDetails(
                    pack(
                        BadRequest.newBuilder()
                            .addFieldViolations(
                                BadRequest.FieldViolation.newBuilder()
                                    .setField(field)
                                    .setDescription(failure.line()))
                            .build())));
    if (failure.retryAfterMillis() > 0) {
      status.addDetails(
          pack(RetryInfo.newBuilder().setRetryDelay(duration(failure.retryAfterMillis())).build()));
    }
    return new Answer(status.build());
  }

  /** The status of a defect of ours: no more than where the log has it. */
  static StatusRuntimeException defect(String requestId) {
    return new Answer(
        status(Reasons.DEFECT, "internal error; the server's log has it under " + requestId)
            .addDetails(pack(RequestInfo.newBuilder().setRequestId(requestId).build()))
            .build());
  }

  private static Status.Builder status(String reason, String message) {
    Code code = CODES.get(reason);
    if (code == null) {
      throw new IllegalArgumentException("reason: " + reason + " (expected: one of Reasons)");
    }
    return Status.newBuilder()
        .setCode(code.value())
        .setMessage(message)
        .addDetails(
            pack(ErrorInfo.newBuilder().setReason(reason).setDomain(Reasons.DOMAIN).build()));
  }

  private static Duration duration(int millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos(millis % 1000 * 1_000_000)
        .build();
  }

  private static Any pack(Message detail) {
    return Any.pack(detail);
  }

  /** Says it to gRPC. It is not thrown, so it has no stack trace: that would take longest. */
  private static final class Answer extends StatusRuntimeException {
    private static final long serialVersionUID = 1L;

    Answer(Status status) {
      super(
          io.grpc.Status.fromCodeValue(status.getCode()).withDescription(status.getMessage()),
          trailers(status));
    }

    private static Metadata trailers(Status status) {
      Metadata trailers = new Metadata();
      trailers.put(DETAILS, status);
      return trailers;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
