#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small files beside this script: what torch.save and joblib.dump write.

    pip install torch joblib scikit-learn && python make_fixtures.py

The values are counted, so that the tests can say what is expected.
"""
import argparse
import collections
import pathlib
import pickle

import joblib
import numpy
import torch
from sklearn.cluster import KMeans, MiniBatchKMeans

HERE = pathlib.Path(__file__).parent


def tensors():
    base = torch.arange(24, dtype=torch.float32)
    grid = base.reshape(4, 6)
    out = collections.OrderedDict()
    out["whole"] = grid
    out["tied"] = grid
    out["transposed"] = grid.t()
    out["column"] = grid[:, 2]
    out["rows"] = grid[1:3]
    out["every_other"] = base[1::2]
    out["permuted"] = base.reshape(2, 3, 4).permute(2, 0, 1)
    out["unit_stride"] = base.as_strided((1, 6), (99, 1), 6)
    out["scalar"] = torch.tensor(7.5)
    out["empty"] = torch.zeros(0, 3)
    out["parameter"] = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
    for name in "float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8".split():
        out["of_" + name] = torch.tensor([1, 2, 3]).to(getattr(torch, name))
    out["of_bool"] = torch.tensor([True, False])
    return out


def save(name, value):
    torch.save(value, HERE / f"{name}.pt")
    torch.save(value, HERE / f"{name}-legacy.pt", _use_new_zipfile_serialization=False)


def main():
    save("tensors", tensors())
    save("trainer", {
        "args": argparse.Namespace(layers=2, name="tiny", rates=[0.5, 1.5], nothing=None),
        "cfg": {"model": {"conv": "[(8,3,2)]", "normalize": False}},
        "generator": {"conv.weight": torch.ones(2, 1), "conv.bias": torch.zeros(2)},
        "optimizer": {"state": {0: {"step": torch.tensor(3.0), "exp": torch.ones(2)}}},
        "epoch": 3, "loss": numpy.float64(0.25), "dtype": torch.float16,
        "device": torch.device("cpu"), "size": torch.Size([2, 3]),
    })
    torch.save({"w": torch.ones(2, 2).expand(3, 2, 2)}, HERE / "expanded.pt")
    torch.save(torch.nn.Linear(2, 2), HERE / "module.pt")
    for protocol in (0, 1, 3, 4, 5):
        torch.save({"metadata": argparse.Namespace(a=1), "w": torch.arange(3.0)},
                   HERE / f"protocol{protocol}.pt", pickle_protocol=protocol) if protocol > 1 else None

    points = numpy.arange(120, dtype=numpy.float32).reshape(40, 3) % 17
    small = MiniBatchKMeans(n_clusters=4, random_state=0, n_init=2, batch_size=20).fit(points)
    small.cluster_centers_ = numpy.arange(12, dtype=numpy.float32).reshape(4, 3) / 8
    joblib.dump(small, HERE / "kmeans.bin")
    joblib.dump(small, HERE / "kmeans-zlib.bin", compress=("zlib", 3))
    joblib.dump(small, HERE / "kmeans-gzip.bin", compress=("gzip", 3))
    for protocol in range(6):
        (HERE / f"kmeans-pickle{protocol}.bin").write_bytes(pickle.dumps(small, protocol))
    double = KMeans(n_clusters=4, random_state=numpy.random.RandomState(0), n_init=2).fit(points.astype(float))
    double.cluster_centers_ = numpy.asfortranarray(numpy.arange(12, dtype=float).reshape(4, 3) / 8)
    joblib.dump(double, HERE / "kmeans-f8.bin")
    joblib.dump(small.cluster_centers_, HERE / "array.bin")
    joblib.dump({"a": numpy.zeros(2), "cluster_centers_": small.cluster_centers_.astype(">f4")}, HERE / "dictionary.bin")
    joblib.dump(numpy.array([{}, []], dtype=object), HERE / "objects.bin")


main()
