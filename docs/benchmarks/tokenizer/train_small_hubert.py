"""A small bidirectional HuBERT for tokenizer.md: trained by masked prediction on the units of another encoder.

train_small_hubert.py UNITS.jsonl WAVS OUT [--minutes 12]

UNITS.jsonl: `continuo units --raw WAVS/*.wav`, one unit a frame of 40 ms of 16 kHz WAVs. OUT: a Hugging Face folder
(HubertModel, float16) with kmeans.npy beside it. Shaped like mHuBERT-25Hz, only smaller: eight convolutions, group
norm over time, batch-normed positional convolution of 128 taps, post-norm blocks. The classifier is the distance to
centroids, which are learned with the rest, so the nearest centroid of the last block's output is the unit.
Minutes are of processor time, on one thread. Needs torch and transformers; the product needs neither.
"""
import argparse
import json
import math
import time
import wave

import numpy as np
import torch
from torch.nn import functional as F
from transformers import HubertConfig, HubertModel

HOP, FIELD = 640, 720
CONFIG = dict(
    hidden_size=144, num_hidden_layers=4, num_attention_heads=4, intermediate_size=576,
    conv_dim=(32, 48, 64, 96, 96, 96, 96, 96), conv_kernel=(10, 3, 3, 3, 3, 2, 2, 2), conv_stride=(5,) + (2,) * 7, num_feat_extract_layers=8, conv_bias=False,
    feat_extract_norm="group", conv_pos_batch_norm=True, num_conv_pos_embeddings=128, num_conv_pos_embedding_groups=16,
    do_stable_layer_norm=False, hidden_dropout=0.05, attention_dropout=0.05, activation_dropout=0.0,
    feat_proj_dropout=0.0, layerdrop=0.0, mask_time_prob=0.3, mask_time_length=5, mask_feature_prob=0.0,
)


def recordings(lines, folder):
    for line in open(lines):
        entry = json.loads(line)
        with wave.open(folder + "/" + entry["file_name"]) as w:
            assert w.getframerate() == 16000 and w.getnchannels() == 1, entry["file_name"]
            yield np.frombuffer(w.readframes(w.getnframes()), "<i2") / np.float32(32768), np.array(entry["units"])


class Classifier(torch.nn.Module):
    """Logits whose largest is that of the nearest centroid."""

    def __init__(self, units, width):
        super().__init__()
        self.centroids = torch.nn.Parameter(0.3 * torch.randn(units, width))

    def forward(self, x):
        return x @ self.centroids.T - 0.5 * self.centroids.square().sum(1)


def batch(data, rng, rows, frames):
    """Random stretches of the same length; shorter recordings are joined to the next."""
    audio, units = [], []
    for _ in range(rows):
        x, u = data[rng.integers(len(data))]
        while len(u) < frames + 1:
            y, v = data[rng.integers(len(data))]
            x, u = np.concatenate([x[: len(u) * HOP], y]), np.concatenate([u, v])
        at = rng.integers(len(u) - frames)
        stretch = x[at * HOP : at * HOP + (frames - 1) * HOP + FIELD]
        audio.append(np.pad(stretch, (0, (frames - 1) * HOP + FIELD - len(stretch))) * rng.uniform(0.5, 1.0))
        units.append(u[at : at + frames])
    return torch.tensor(np.stack(audio), dtype=torch.float32), torch.tensor(np.stack(units))


def save(model, classifier, out):
    model.config.apply_spec_augment = False
    model.half().save_pretrained(out)
    np.save(out + "/kmeans.npy", classifier.centroids.detach().numpy().astype("<f4"))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("units"), p.add_argument("wavs"), p.add_argument("out")
    p.add_argument("--minutes", type=float, default=12)
    p.add_argument("--rate", type=float, default=2e-3)
    a = p.parse_args()
    torch.set_num_threads(1), torch.manual_seed(1)
    rng = np.random.default_rng(1)
    data = list(recordings(a.units, a.wavs))
    seconds = sum(len(x) for x, _ in data) / 16000
    classes = 1 + max(int(u.max()) for _, u in data)
    model, classifier = HubertModel(HubertConfig(**CONFIG)), Classifier(max(classes, 500), CONFIG["hidden_size"])
    parameters = list(model.parameters()) + list(classifier.parameters())
    print(f"{len(data)} recordings, {seconds / 60:.0f} min, {sum(q.numel() for q in parameters)} parameters", flush=True)
    optimizer = torch.optim.AdamW(parameters, lr=a.rate, betas=(0.9, 0.98), weight_decay=0.01)
    start, step, seen = time.process_time(), 0, 0.0
    model.train()
    while (done := (time.process_time() - start) / (60 * a.minutes)) < 1:
        warm = min(1.0, (step + 1) / 100)
        optimizer.param_groups[0]["lr"] = a.rate * warm * 0.5 * (1 + math.cos(math.pi * done))
        frames = int(rng.integers(100, 200))
        x, units = batch(data, rng, 600 // frames, frames)
        hidden = model(x).last_hidden_state
        loss = F.cross_entropy(classifier(hidden).flatten(0, 1), units.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step, seen = step + 1, seen + x.numel() / 16000
        if step % 50 == 0:
            same = (classifier(hidden).argmax(-1) == units).float().mean()
            print(f"{done:.2f} step {step} loss {loss:.3f} same {same:.3f} seen {seen / 3600:.2f} h", flush=True)
    save(model.eval(), classifier, a.out)


main()
