# SPDX-License-Identifier: Apache-2.0
"""Runs ours and the others in rounds, shuffled, and prints the table; run.sh calls it with what it has set up."""
import argparse
import json
import os
import random
import subprocess
import sys
from collections import defaultdict

from shapes import CONTEXT

THREADS = 1

parser = argparse.ArgumentParser()
parser.add_argument("folder", help="what run.sh has set up")
parser.add_argument("--rounds", type=int)
parser.add_argument("--shapes")
parser.add_argument("--batches")
parser.add_argument("--seconds", type=float)
parser.add_argument("--repeat", type=int)
options = parser.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
batches = [int(batch) for batch in options.batches.split(",")]


def ours(precision):
    return lambda shape: (
        ["./continuo", "bench", "lm", "--shape", shape, "--precision", precision, "--json"]
        + ["--threads", str(THREADS), "--context", str(CONTEXT), "--batch", options.batches]
        + ["--repeat", str(options.repeat)]
    )


def llama(shape):
    folder = options.folder
    return (
        [f"{folder}/llama_step", f"{folder}/backends", f"{folder}/{shape}.gguf"]
        + [str(CONTEXT), str(THREADS), options.batches, str(options.seconds)]
    )


def onnx(shape):
    return [sys.executable, f"{here}/onnx_step.py", shape, str(THREADS), options.batches, str(options.seconds)]


ENGINES = {
    "Continuo int8": ours("int8"),
    "Continuo fp16": ours("fp16"),
    "llama.cpp Q8_0": llama,
    "ONNX Runtime int8": onnx,
}
least, median = defaultdict(list), defaultdict(list)
for round_number in range(options.rounds):
    for shape in options.shapes.split(","):
        for engine in random.sample(list(ENGINES), len(ENGINES)):
            command = ENGINES[engine](shape)
            print(f"round {round_number + 1}: {shape}, {engine}", file=sys.stderr, flush=True)
            out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            for line in map(json.loads, out.splitlines()):
                if line.get("stage", "lm") == "lm":
                    least[shape, engine, line["batch"]].append(line["min_ms"])
                    median[shape, engine, line["batch"]].append(line["median_ms"])

print("| shape | engine |", " | ".join(f"{n} row{'s' * (n > 1)}" for n in batches), "|")
print("| --- | --- |" + " --- |" * len(batches))
for shape in options.shapes.split(","):
    for engine in ENGINES:
        cells = [f"{min(least[shape, engine, n]):.2f} / {min(median[shape, engine, n]):.2f}" for n in batches]
        print("|", " | ".join([shape, engine] + cells), "|")
