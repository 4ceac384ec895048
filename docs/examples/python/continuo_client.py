#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Speaks a WAV to a Continuo server in real time and writes the answer.

Nothing is generated: the messages are made on the fly, from the contract in proto/wire, or with
--reflection from what the server says of itself.
Exit codes: 0 done, 2 wrong usage, 3 bad input, 4 server or network.
"""

import argparse
import pathlib
import sys
import tempfile
import time
import wave

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase)
from grpc_status import rpc_status
from grpc_tools import protoc

PACKAGE = "continuo.v1."
PACKET_SECONDS = 0.02
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
PROTOS = REPOSITORY / "proto" / "wire" / "src" / "main" / "proto"


class BadInput(Exception):
    """Input that cannot be used; the message is one line."""


class Contract:
    """The messages of continuo.v1, out of a pool of descriptors."""

    def __init__(self, pool):
        self.pool = pool

    def __getitem__(self, message):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(PACKAGE + message))

    def converse(self, channel):
        """The rpc Converse as a function: requests in, responses out, both one by one."""
        return channel.stream_stream(
            f"/{PACKAGE}SpeechContinuation/Converse",
            request_serializer=self["ClientMessage"].SerializeToString,
            response_deserializer=self["ServerMessage"].FromString)


def compiled(protos):
    """The contract from its .proto files."""
    files = sorted(str(p) for p in protos.glob("continuo/v1/*.proto"))
    if not files:
        raise BadInput(f"{protos}: no continuo/v1/*.proto (expected: the contract's folder)")
    with tempfile.NamedTemporaryFile() as out:
        code = protoc.main(["protoc", f"-I{protos}", "--include_imports",
                            f"--descriptor_set_out={out.name}", *files])
        if code != 0:
            raise BadInput(f"{protos}: protoc ended with {code}")
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.AddSerializedFile(file.SerializeToString())
    return Contract(pool)


def reflected(channel):
    """The contract as the server itself tells it: no file needed."""
    return Contract(descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel)))


def read_wav(path):
    """Returns (bytes of PCM16, rate in Hz, channels)."""
    try:
        with wave.open(path) as wav:
            if wav.getsampwidth() != 2 or wav.getnchannels() not in (1, 2):
                raise BadInput(f"{path}: {8 * wav.getsampwidth()} bits, {wav.getnchannels()} channels"
                               " (expected: 16 bits, 1 or 2 channels)")
            return wav.readframes(wav.getnframes()), wav.getframerate(), wav.getnchannels()
    except (OSError, EOFError, wave.Error) as e:
        raise BadInput(f"{path}: {e} (expected: a WAV of 16-bit PCM)") from e


class Prompt:
    """The client's half of the stream: config, audio in real time, commit."""

    def __init__(self, pb, config, pcm, rate, channels):
        self.pb, self.config, self.pcm = pb, config, pcm
        self.packet = int(rate * PACKET_SECONDS) * 2 * channels
        self.bytes_per_second = rate * 2 * channels
        self.committed = None

    def messages(self):
        message = self.pb["ClientMessage"]
        yield message(config=self.config)
        start = time.monotonic()
        for at in range(0, len(self.pcm), self.packet):
            piece = self.pcm[at:at + self.packet]
            # an absolute schedule: each packet leaves when its last sample has been spoken
            spoken = start + (at + len(piece)) / self.bytes_per_second
            time.sleep(max(0, spoken - time.monotonic()))
            yield message(audio=self.pb["AudioChunk"](data=piece))
        self.committed = time.monotonic()
        yield message(commit=self.pb["Commit"]())


def converse(call, prompt, out):
    """Runs one conversation; writes the continuation and returns what is worth printing."""
    first_audio, samples, units, end, trace = None, 0, 0, None, None
    writer = None
    try:
        for message in call(prompt.messages()):
            kind = message.WhichOneof("message_type")
            if kind == "started":
                writer = wave.open(out, "wb")
                writer.setnchannels(1)
                writer.setsampwidth(2)
                writer.setframerate(message.started.output.sample_rate_hertz)
                print(f"session {message.started.session_id}, bundle {message.started.bundle.name},"
                      f" seed {message.started.sampling.seed}")
            elif kind == "audio":
                first_audio = first_audio or time.monotonic()
                writer.writeframes(message.audio.data)
                samples += message.audio.sample_count
                units += len(message.audio.units)
            elif kind == "turn" and message.turn.reason:
                end = prompt.pb["TurnEvent"].Reason.Name(message.turn.reason)
            elif kind == "latency":
                trace = message.latency
            elif kind == "warning":
                print(f"warning: {message.warning.field}: {message.warning.message}", file=sys.stderr)
    finally:
        if writer:
            writer.close()
    return first_audio, samples, units, end, trace


def print_trace(trace, first_audio, committed):
    """Where the time from the commit to the first audio went."""
    total = (first_audio - committed) * 1e3
    print("from the commit to the first audio:")
    stages = trace.first_audio
    for name in ("queue", "tokenize", "prefill", "decode", "vocode", "encode"):
        print(f"  {name:<11} {getattr(stages, name + '_micros') / 1e3:8.1f} ms")
    print(f"  {'network':<11} {total - trace.first_audio_micros / 1e3:8.1f} ms")
    print(f"  {'first audio':<11} {total:8.1f} ms")


def explain(error, server):
    """A failed call in one line."""
    reason = ""
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            reason = f" {info.reason}"
    return f"{server}: {error.code().name}{reason}: {' '.join(error.details().split())}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wav", help="prompt: WAV, 16-bit PCM, 8 to 48 kHz, 1 or 2 channels")
    parser.add_argument("-o", "--out", required=True, metavar="OUT.wav", help="the answer")
    parser.add_argument("--server", default="localhost:50051", metavar="HOST:PORT")
    parser.add_argument("--bundle", metavar="NAME", help="default: the server's first")
    parser.add_argument("--seconds", type=float, default=6, help="of the answer; default: 6")
    parser.add_argument("--seed", type=int, help="of the draws; default: the server draws one")
    parser.add_argument("--temperature", type=float, help="default: 0.8")
    parser.add_argument("--protos", type=pathlib.Path, default=PROTOS, metavar="DIR",
                        help="the contract; default: this repository's")
    parser.add_argument("--reflection", action="store_true",
                        help="ask the server for the contract instead")
    return parser.parse_args()


def session_config(pb, args, rate, channels):
    linear16 = "AUDIO_ENCODING_LINEAR16"
    return pb["SessionConfig"](
        bundle=args.bundle,
        input=pb["AudioFormat"](encoding=linear16, sample_rate_hertz=rate, channel_count=channels),
        output=pb["AudioFormat"](encoding=linear16),
        sampling=pb["SamplingSettings"](seed=args.seed, temperature=args.temperature),
        max_continuation_millis=round(args.seconds * 1000))


def main():
    args = arguments()
    try:
        pcm, rate, channels = read_wav(args.wav)
        with grpc.insecure_channel(args.server) as channel:
            pb = reflected(channel) if args.reflection else compiled(args.protos)
            config = session_config(pb, args, rate, channels)
            prompt = Prompt(pb, config, pcm, rate, channels)
            answer = converse(pb.converse(channel), prompt, args.out)
    except BadInput as e:
        print(f"continuo_client: {e}", file=sys.stderr)
        return 3
    except grpc.RpcError as e:
        print(f"continuo_client: {explain(e, args.server)}", file=sys.stderr)
        return 4
    except OSError as e:
        print(f"continuo_client: {args.out}: {e.strerror} (expected: a file to write)", file=sys.stderr)
        return 3
    first_audio, samples, units, end, trace = answer
    if trace and first_audio and prompt.committed and first_audio > prompt.committed:
        print_trace(trace, first_audio, prompt.committed)
    print(f"{args.out}: {samples} samples, {units} units, {end}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
