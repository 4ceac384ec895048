# SPDX-License-Identifier: Apache-2.0
"""Writes a GGUF file of random weights in Q8_0: make_gguf.py SHAPE FILE

llama.cpp has no OPT: that shape goes out as gpt2, which has the same matrices, learned positions, biases and
LayerNorm, and GELU for ReLU.
"""
import sys

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, quants
from shapes import SHAPES, VOCABULARY

POSITIONS = 2048
DEVIATION = 0.03

name, path = sys.argv[1:]
family, layers, width, heads, kv_heads, inner = SHAPES[name]
kv = kv_heads * (width // heads)
rng = np.random.default_rng(7)
gguf = GGUFWriter(path, "llama" if family == "llama" else "gpt2")
gguf.add_context_length(POSITIONS)
gguf.add_embedding_length(width)
gguf.add_block_count(layers)
gguf.add_feed_forward_length(inner)
gguf.add_head_count(heads)
gguf.add_vocab_size(VOCABULARY)
gguf.add_tokenizer_model("no_vocab")
gguf.add_file_type(LlamaFileType.MOSTLY_Q8_0)


def normal(*shape):
    return rng.standard_normal(shape, dtype=np.float32) * DEVIATION


def matrix(tensor, outputs, inputs):
    q8 = GGMLQuantizationType.Q8_0
    gguf.add_tensor(tensor + ".weight", quants.quantize(normal(outputs, inputs), q8), raw_dtype=q8)


def vector(tensor, size, value):
    gguf.add_tensor(tensor, np.full(size, value, np.float32))


def llama():
    gguf.add_head_count_kv(kv_heads)
    gguf.add_rope_dimension_count(width // heads)
    gguf.add_rope_freq_base(10000.0)
    gguf.add_layer_norm_rms_eps(1e-5)
    matrix("output", VOCABULARY, width)
    vector("output_norm.weight", width, 1)
    for i in range(layers):
        block = f"blk.{i}."
        vector(block + "attn_norm.weight", width, 1)
        vector(block + "ffn_norm.weight", width, 1)
        for tensor, outputs, inputs in (
            ("attn_q", width, width),
            ("attn_k", kv, width),
            ("attn_v", kv, width),
            ("attn_output", width, width),
            ("ffn_gate", inner, width),
            ("ffn_up", inner, width),
            ("ffn_down", width, inner),
        ):
            matrix(block + tensor, outputs, inputs)


def gpt2():
    gguf.add_layer_norm_eps(1e-5)
    gguf.add_tensor("position_embd.weight", normal(POSITIONS, width))
    vector("output_norm.weight", width, 1)
    vector("output_norm.bias", width, 0)
    for i in range(layers):
        block = f"blk.{i}."
        for tensor in ("attn_norm", "ffn_norm"):
            vector(block + tensor + ".weight", width, 1)
            vector(block + tensor + ".bias", width, 0)
        for tensor, outputs, inputs in (
            ("attn_qkv", 3 * width, width),
            ("attn_output", width, width),
            ("ffn_up", inner, width),
            ("ffn_down", width, inner),
        ):
            matrix(block + tensor, outputs, inputs)
            vector(block + tensor + ".bias", outputs, 0)


matrix("token_embd", VOCABULARY, width)
llama() if family == "llama" else gpt2()
gguf.write_header_to_file()
gguf.write_kv_data_to_file()
gguf.write_tensors_to_file()
gguf.close()
