#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The table "Against other engines" of decode.md: steps of llama.cpp, ONNX Runtime and ours in the same shuffled rounds,
# on models of random weights. Sets up what is missing under target/peers (some 500 MB: a Python environment, the prebuilt
# llama.cpp of node-llama-cpp, models), then prints markdown; three rounds take about 20 minutes and
# want a quiet machine.
# Wants x86-64 Linux, Python 3.11 or newer, npm, git and a C compiler.
# Usage: [SHAPES=12x384,smollm2-135m,opt-350m] [ROUNDS=3] [BATCHES=1,4,16] [SECONDS_EACH=2.5] [REPEAT=80] docs/benchmarks/peers/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

readonly here=docs/benchmarks/peers folder="$PWD/target/peers" node_llama_cpp=3.22.1
readonly shapes="${SHAPES:-12x384,smollm2-135m,opt-350m}" modules="$folder/node/node_modules"
readonly built="$modules/@node-llama-cpp/linux-x64/bins/linux-x64" python="$folder/venv/bin/python"
CONTINUO_BUILD_ONLY=1 ./continuo bench --version > /dev/null
mkdir -p "$folder"

if ! cmp -s "$here/requirements.txt" "$folder/venv/requirements.txt"; then
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --requirement "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$folder/venv/"
fi
if [[ ! -e "$folder/node/$node_llama_cpp" ]]; then
  NODE_LLAMA_CPP_SKIP_DOWNLOAD=true npm install --prefix "$folder/node" --ignore-scripts --omit=optional --no-audit \
    --no-fund --silent "node-llama-cpp@$node_llama_cpp" "@node-llama-cpp/linux-x64@$node_llama_cpp" >&2
  touch "$folder/node/$node_llama_cpp"
fi
if [[ ! -d "$folder/llama.cpp" ]]; then # its headers
  git -c advice.detachedHead=false clone --quiet "$modules/node-llama-cpp/llama/gitRelease.bundle" "$folder/llama.cpp"
fi
ln -sfn "$built" "$folder/backends"
cc -O2 -Wall -I"$folder/llama.cpp/include" -I"$folder/llama.cpp/ggml/include" "$here/llama_step.c" -o "$folder/llama_step" \
  "$built"/libllama.v*.so "$built"/libggml.v*.so "$built/libggml-base.so" -Wl,-rpath,"$built"
for shape in ${shapes//,/ }; do
  [[ -e "$folder/$shape.gguf" ]] || "$python" "$here/make_gguf.py" "$shape" "$folder/$shape.gguf"
done

echo "$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD), $(nproc) cores of an" \
  "$(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), one thread, rounds: ${ROUNDS:-3}; best least / best median in ms;" \
  "llama.cpp of node-llama-cpp $node_llama_cpp, $(grep onnxruntime "$here/requirements.txt")"
echo
"$python" "$here/compare.py" "$folder" --rounds "${ROUNDS:-3}" --shapes "$shapes" --batches "${BATCHES:-1,4,16}" \
  --seconds "${SECONDS_EACH:-2.5}" --repeat "${REPEAT:-80}"
