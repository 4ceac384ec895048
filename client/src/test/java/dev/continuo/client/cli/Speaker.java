// SPDX-License-Identifier: Apache-2.0
package dev.continuo.client.cli;

import com.google.protobuf.ByteString;
import dev.continuo.audio.OpusPacketEncoder;
import dev.continuo.audio.Pcm16;
import dev.continuo.client.FakeServer;
import dev.continuo.v1.AudioEncoding;
import dev.continuo.v1.AudioFormat;
import dev.continuo.v1.AudioOut;
import dev.continuo.v1.BundleInfo;
import dev.continuo.v1.ClientMessage;
import dev.continuo.v1.InputAck;
import dev.continuo.v1.LatencyTrace;
import dev.continuo.v1.SamplingSettings;
import dev.continuo.v1.ServerMessage;
import dev.continuo.v1.SessionStarted;
import dev.continuo.v1.SessionWarning;
import dev.continuo.v1.Stages;
import dev.continuo.v1.TurnEvent;
import dev.continuo.v1.UnitSpan;
import java.util.function.BiConsumer;

/**
 * What a fake server does that keeps to the contract: it answers with a tone of {@value #SAMPLES}
 * samples in pieces.
 *
 * <p><i>Serialised by gRPC: one conversation.</i>
 */
final class Speaker implements BiConsumer<FakeServer.Call, ClientMessage> {
  static final int RATE_HZ = 24_000;
  static final int SAMPLES = 2400;
  static final int PIECE = 480;

  private boolean opus;

  @Override
  public void accept(FakeServer.Call call, ClientMessage message) {
    if (message.hasConfig()) {
      opus = message.getConfig().getOutput().getEncoding() == AudioEncoding.AUDIO_ENCODING_OPUS;
      call.say(ServerMessage.newBuilder().setStarted(started(message)));
    } else if (message.hasAudio()) {
      call.say(
          ServerMessage.newBuilder()
              .setAck(InputAck.newBuilder().setConsumedSamples(1600).setPromptUnits(2)));
    } else if (message.hasCommit()) {
      speak(call);
    }
  }

  /** The samples of the answer. */
  static float[] samples() {
    float[] tone = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      tone[i] = Math.round(10_000 * Math.sin(2 * Math.PI * 300 * i / RATE_HZ)) / 32768f;
    }
    return tone;
  }

  private SessionStarted started(ClientMessage message) {
    return SessionStarted.newBuilder()
        .setSessionId("s-1")
        .setBundle(BundleInfo.newBuilder().setName("fake"))
        .setInput(message.getConfig().getInput())
        .setOutput(
            AudioFormat.newBuilder()
                .setEncoding(
                    opus
                        ? AudioEncoding.AUDIO_ENCODING_OPUS
                        : AudioEncoding.AUDIO_ENCODING_LINEAR16)
                .setSampleRateHertz(RATE_HZ)
                .setChannelCount(1))
        .setSampling(SamplingSettings.newBuilder().setSeed(77))
        .build();
  }

  private void speak(FakeServer.Call call) {
    turn(call, TurnEvent.newBuilder().setType(TurnEvent.Type.TYPE_COMMITTED));
    call.say(
        ServerMessage.newBuilder()
            .setWarning(SessionWarning.newBuilder().setField("f").setMessage("odd")));
    if (opus) {
      sayOpus(call);
    } else {
      for (int at = 0; at < SAMPLES; at += PIECE) {
        byte[] bytes = new byte[2 * PIECE];
        Pcm16.encode(samples(), at, PIECE, bytes, 0);
        say(call, bytes, at, PIECE, at);
      }
    }
    turn(
        call,
        TurnEvent.newBuilder()
            .setType(TurnEvent.Type.TYPE_COMPLETED)
            .setReason(TurnEvent.Reason.REASON_MAX_LENGTH));
    Stages first =
        Stages.newBuilder().setQueueMicros(1).setDecodeMicros(2).setVocodeMicros(3).build();
    call.say(
        ServerMessage.newBuilder()
            .setLatency(
                LatencyTrace.newBuilder()
                    .setFirstAudio(first)
                    .setFirstAudioMicros(6)
                    .setCompute(Stages.newBuilder().setDecodeMicros(5000))
                    .setRealTimeFactor(0.05)));
    call.end();
  }

  private static void sayOpus(FakeServer.Call call) {
    try (OpusPacketEncoder encoder = new OpusPacketEncoder(RATE_HZ, 20_000, 64_000)) {
      int skip = encoder.lookaheadSamples();
      float[] padded = java.util.Arrays.copyOf(samples(), SAMPLES + 2 * encoder.frameSamples());
      for (int at = 0; at < SAMPLES + skip; at += encoder.frameSamples()) {
        int from = at - skip;
        int count = Math.min(SAMPLES, from + encoder.frameSamples()) - Math.max(0, from);
        say(call, encoder.encode(padded, at), from, count, at);
      }
    }
  }

  private static void say(FakeServer.Call call, byte[] data, int index, int count, int unit) {
    call.say(
        ServerMessage.newBuilder()
            .setAudio(
                AudioOut.newBuilder()
                    .setData(ByteString.copyFrom(data))
                    .setFirstSampleIndex(index)
                    .setSampleCount(count)
                    .addUnits(UnitSpan.newBuilder().setUnit(unit / PIECE).setDurationFrames(3))));
  }

  private static void turn(FakeServer.Call call, TurnEvent.Builder event) {
    call.say(ServerMessage.newBuilder().setTurn(event.setPromptUnits(4)));
  }
}
