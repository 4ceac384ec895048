# SPDX-License-Identifier: Apache-2.0
"""Decode steps of ONNX Runtime: onnx_step.py SHAPE THREADS BATCHES SECONDS; a JSON line for each batch size.

The graph is of the kind onnxruntime-genai's builder makes: GroupQueryAttention over key-value buffers that are
written in place, fused norms, DynamicQuantizeMatMul with int8 weights. Each step is the last position of the context.
"""
import json
import sys
import time

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from shapes import CONTEXT, SHAPES, VOCABULARY

MICROSOFT = "com.microsoft"
WARM_UP = 5
LEAST_STEPS = 10

shape, threads, batches, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(","), float(sys.argv[4])
family, LAYERS, WIDTH, HEADS, KV_HEADS, INNER = SHAPES[shape]
HEAD = WIDTH // HEADS
LLAMA = family == "llama"
rng = np.random.default_rng(1)
nodes, weights = [], []


def constant(name, array):
    weights.append(numpy_helper.from_array(array, name))
    return name


def normal(*size):
    return rng.standard_normal(size, dtype=np.float32)


def node(kind, inputs, outputs, domain="", **attributes):
    nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))


def linear(x, name, outputs, inputs, y):
    operands = [
        x,
        constant(name, rng.integers(-127, 127, (inputs, outputs), dtype=np.int8)),
        constant(name + ".scale", np.full(outputs, 5e-4, np.float32)),
        constant(name + ".zero", np.zeros(outputs, np.int8)),
    ]
    if not LLAMA and name != "head":
        operands.append(constant(name + ".bias", np.zeros(outputs, np.float32)))
    node("DynamicQuantizeMatMul", operands, [y], MICROSOFT)


def norm(x, added, name, total, y):
    """Adds what is to be added, into total, and normalises the sum; returns the sum's name."""
    gain = [constant(name + ".gain", np.ones(WIDTH, np.float32))]
    if not LLAMA:
        gain.append(constant(name + ".bias", np.zeros(WIDTH, np.float32)))
    if added is None:
        kind = "SimplifiedLayerNormalization" if LLAMA else "LayerNormalization"
        node(kind, [x] + gain, [y], epsilon=1e-5, axis=-1)
        return x
    kind = "SkipSimplifiedLayerNormalization" if LLAMA else "SkipLayerNormalization"
    node(kind, [x, added] + gain, [y, "", "", total], MICROSOFT, epsilon=1e-5)
    return total


def graph():
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["B", "S"]),
        helper.make_tensor_value_info("last", TensorProto.INT32, ["B"]),
        helper.make_tensor_value_info("total", TensorProto.INT32, []),
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["B", "S", VOCABULARY])]
    node("Gather", [constant("embedding", 0.03 * normal(VOCABULARY, WIDTH)), "ids"], ["x"])
    x, added, angles = "x", None, []
    if LLAMA:
        angles = [constant("cos", normal(CONTEXT, HEAD // 2)), constant("sin", normal(CONTEXT, HEAD // 2))]
    else:
        node("Add", ["x", constant("position", normal(1, 1, WIDTH))], ["placed"])
        x = "placed"
    for i in range(LAYERS):
        p = f"{i}."
        x = norm(x, added, p + "norm1", p + "sum1", p + "y1")
        linear(p + "y1", p + "qkv", WIDTH + 2 * KV_HEADS * HEAD, WIDTH, p + "q")
        node(
            "GroupQueryAttention",
            [p + "q", "", "", p + "old_keys", p + "old_values", "last", "total"] + angles,
            [p + "attended", p + "keys", p + "values"],
            MICROSOFT,
            num_heads=HEADS,
            kv_num_heads=KV_HEADS,
            do_rotary=int(LLAMA),
        )
        for what in ("keys", "values"):
            size = ["B", KV_HEADS, "P", HEAD]
            inputs.append(helper.make_tensor_value_info(p + "old_" + what, TensorProto.FLOAT, size))
            outputs.append(helper.make_tensor_value_info(p + what, TensorProto.FLOAT, size))
        linear(p + "attended", p + "out", WIDTH, WIDTH, p + "o")
        x = norm(x, p + "o", p + "norm2", p + "sum2", p + "y2")
        linear(p + "y2", p + "up", INNER, WIDTH, p + "u")
        if LLAMA:
            linear(p + "y2", p + "gate", INNER, WIDTH, p + "g")
            node("Sigmoid", [p + "g"], [p + "sigmoid"])
            node("Mul", [p + "g", p + "sigmoid"], [p + "silu"])
            node("Mul", [p + "silu", p + "u"], [p + "f"])
        else:
            node("Relu", [p + "u"], [p + "f"])
        added = p + "added"
        linear(p + "f", p + "down", WIDTH, INNER, added)
    norm(x, added, "norm", "sum", "y")
    linear("y", "head", VOCABULARY, WIDTH, "logits")
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(
        helper.make_graph(nodes, "lm", inputs, outputs, weights), opset_imports=opsets, ir_version=9
    )


def bound(session, rows):
    """Everything but the ids, in place; and the logits."""
    binding = session.io_binding()
    for i in range(LAYERS):
        for what in ("keys", "values"):
            value = ort.OrtValue.ortvalue_from_numpy(0.1 * normal(rows, KV_HEADS, CONTEXT, HEAD))
            binding.bind_ortvalue_input(f"{i}.old_{what}", value)
            binding.bind_ortvalue_output(f"{i}.{what}", value)
    binding.bind_cpu_input("last", np.full(rows, CONTEXT - 1, np.int32))
    binding.bind_cpu_input("total", np.array(CONTEXT, np.int32))
    logits = ort.OrtValue.ortvalue_from_numpy(np.zeros((rows, 1, VOCABULARY), np.float32))
    binding.bind_ortvalue_output("logits", logits)
    return binding, logits


def steps(session, rows):
    binding, logits = bound(session, rows)
    ms, end = [], None
    for i in range(1 << 20):
        if i == WARM_UP:
            end = time.perf_counter() + seconds
        if end and len(ms) >= LEAST_STEPS and time.perf_counter() > end:
            break
        start = time.perf_counter()
        binding.bind_cpu_input("ids", np.full((rows, 1), i % VOCABULARY, np.int64))
        session.run_with_iobinding(binding)
        logits.numpy()
        if i >= WARM_UP:
            ms.append(1e3 * (time.perf_counter() - start))
    return sorted(ms)


options = ort.SessionOptions()
options.intra_op_num_threads = threads
options.inter_op_num_threads = 1
options.log_severity_level = 3
model = graph().SerializeToString()
weights.clear()
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
for batch in batches:
    ms = steps(session, int(batch))
    print(json.dumps({"batch": int(batch), "min_ms": ms[0], "median_ms": ms[len(ms) // 2]}), flush=True)
