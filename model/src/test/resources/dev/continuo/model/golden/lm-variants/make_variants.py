# SPDX-License-Identifier: Apache-2.0
"""Tiny checkpoints with random weights for the values of config.json that the lm-* cases leave at
their defaults, and what transformers answers: python make_variants.py (torch, transformers)."""
import json
import math
import pathlib

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).parent
VOCABULARY, LENGTH = 64, 48
LLAMA = dict(hidden_size=32, intermediate_size=72, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=False)
NEOX = dict(hidden_size=32, intermediate_size=72, num_hidden_layers=2, num_attention_heads=2,
            max_position_embeddings=128, tie_word_embeddings=False)
OPT = dict(hidden_size=32, ffn_dim=72, num_hidden_layers=2, num_attention_heads=4,
           max_position_embeddings=128, word_embed_proj_dim=32)
LLAMA3 = dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=32)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32)
CASES = {
    "llama-linear": ("llama", dict(LLAMA, rope_theta=500.0, rope_scaling=dict(rope_type="linear", factor=2.5))),
    "llama-llama3": ("llama", dict(LLAMA, rope_theta=500.0, rope_scaling=LLAMA3)),
    "llama-yarn": ("llama", dict(LLAMA, rope_theta=500.0, rope_scaling=YARN)),
    "llama-yarn-5": ("llama", dict(LLAMA, rope_parameters=dict(
        YARN, rope_theta=800.0, beta_fast=16.0, beta_slow=2.0, truncate=False, mscale=0.8, mscale_all_dim=0.5))),
    "llama-biases": ("llama", dict(LLAMA, attention_bias=True, mlp_bias=True, head_dim=12, rms_norm_eps=1e-3)),
    "qwen2-window": ("qwen2", dict(LLAMA, num_hidden_layers=3, use_sliding_window=True, sliding_window=7,
                                   max_window_layers=1)),
    "qwen2-layers-5": ("qwen2", dict(LLAMA, rope_parameters=dict(rope_type="default", rope_theta=300.0),
                                     use_sliding_window=True, sliding_window=5,
                                     layer_types=["sliding_attention", "full_attention"])),
    "neox-serial": ("gpt_neox", dict(NEOX, use_parallel_residual=False, rotary_pct=0.5, rotary_emb_base=500,
                                     hidden_act="gelu_new", attention_bias=False, layer_norm_eps=1e-3)),
    "neox-yarn-5": ("gpt_neox", dict(NEOX, rope_parameters=dict(
        YARN, rope_theta=800.0, partial_rotary_factor=0.5), tie_word_embeddings=True)),
    "opt-bare": ("opt", dict(OPT, enable_bias=False, activation_function="gelu", _remove_final_layer_norm=True,
                             tie_word_embeddings=False)),
    "bloom-six-heads": ("bloom", dict(hidden_size=48, n_layer=2, n_head=6, layer_norm_epsilon=1e-3, seq_length=128,
                                      apply_residual_connection_post_layernorm=True)),
}


def state(model, tied, g):
    """Random weights large enough that every tensor shows in the logits."""
    out = {}
    for name, tensor in model.state_dict().items():
        if tied and name in ("lm_head.weight", "embed_out.weight"):
            continue
        value = torch.randn(tensor.shape, generator=g)
        if "norm" in name or "ln_f" in name:
            value = value * 0.15 + name.endswith("weight")
        elif name.endswith("bias"):
            value = value * 0.2
        elif "embed_positions" in name:
            value = value * 0.4
        else:
            value = value * (2.0 / math.sqrt(tensor.shape[1]))
        out[name] = value
    return out


@torch.inference_mode()
def make(name, model_type, values):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    given = dict(values, vocab_size=VOCABULARY, bos_token_id=0, eos_token_id=0, pad_token_id=0)
    config = transformers.AutoConfig.for_model(model_type, **json.loads(json.dumps(given)))
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    g = torch.Generator().manual_seed(len(name))
    tensors = state(model, config.tie_word_embeddings, g)
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    ids = torch.randint(VOCABULARY, (LENGTH,), generator=g)
    logits = model(input_ids=ids[None], use_cache=False).logits[0].float()
    # as version 4 names them where the case does not have version 5's own keys
    (folder / "config.json").write_text(json.dumps(dict(given, model_type=model_type), indent=2) + "\n")
    save_file(tensors, str(folder / "model.safetensors"))
    save_file({"ids": ids, "logits": logits}, str(folder / "expected.safetensors"))
    print(name, "logits", float(logits.std()), sum(p.numel() for p in model.parameters()))


if __name__ == "__main__":
    for case, (model_type, values) in CASES.items():
        make(case, model_type, values)
