#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One session of a bundle shaped like TWIST-350M with random weights, end to end through a server on the same
# machine. Prints twist-350m.md on standard output; takes five minutes. Wants a quiet machine with two cores.
# Usage: docs/benchmarks/twist-350m.sh [WORK_DIR] > docs/benchmarks/twist-350m.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly work="${1:-target/twist-350m}"
mkdir -p "$work"
CONTINUO_BUILD_ONLY=1 ./continuo --version > /dev/null
[[ -d "$work/bundle" ]] || ./continuo bundle random --shape twist-350m --seed 1 -o "$work/bundle" > "$work/bundle.txt"

server=
trap '[[ -z "$server" ]] || kill "$server" 2> /dev/null || true' EXIT

value() { # NAME PATH
  sed -n "s/^$2,//p" "$work/$1/summary.csv"
}

stage() { # NAME STAGE: a stage's work as a share of the continuation
  grep -o '"times_ms":{[^}]*}' "$work/$1.json" | sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p" |
    awk '{ printf "%.3f", $1 / 6000 }'
}

cat << HEAD
# One TWIST-350M-shaped session

Machine: $(nproc) cores of an $(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $(uname -s), Java $(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p').
$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD). \`docs/benchmarks/twist-350m.sh\`: OPT-350M, an encoder of mHuBERT-25Hz's shape, CodeHiFiGAN
of 512 channels, all of random weights; one person in a closed loop, prompts of 3 s, continuations of 6 s, in real time,
each line for 60 s against \`./continuo serve --bundle DIR OPTIONS\`:

\`./continuo loadtest run --sessions 1 --duration 60s --seed 1\`

RTF is the work of all stages over the audio of the continuation, from the server's trace, median over turns. Wall RTF is
the time from the commit to the last audio over that audio, with a playback lead of 1 s: near 0.85 where the server keeps
up ([definitions](../load-testing.md)). The stages are those of one more turn, \`./continuo continue --server\` at once.
Random units change nearly every frame (about 0.88 a frame; speech has 0.82) and are said to last 1.3 frames (1.22), so that a second of
speech asks for some 20 units, as real ones do.

| options | turns | RTF | tokenize | prefill | decode | vocode | wall RTF | first audio p50 | no audible gap | valid | steal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
HEAD

run() { # NAME OPTIONS...
  local name="$1"
  shift
  ./continuo serve --bundle "$work/bundle" --port 0 "$@" > "$work/$name.out" 2> "$work/$name.err" &
  server=$!
  until grep -q '^listening on' "$work/$name.out"; do
    kill -0 "$server" || { cat "$work/$name.err" >&2; exit 1; }
    sleep 0.5
  done
  local address
  address="$(sed -n 's/^listening on \([^,]*\),.*/\1/p' "$work/$name.out")"
  ./continuo loadtest run --server "$address" --sessions 1 --duration "${DURATION:-60s}" --seed 1 --report "$work/$name" > "$work/$name.txt"
  ./continuo continue loadtest/src/main/resources/dev/continuo/loadtest/plan/heart-6.wav --prompt-seconds 3 \
    --seconds 6 --seed 1 --server "$address" --json -o "$work/$name.wav" > "$work/$name.json"
  kill "$server"
  wait "$server" || true
  server=
  printf '| `%s` | %s | %.3f | %s | %s | %s | %s | %.3f | %.0f ms | %.1f %% | %s | %.1f %% |\n' "${*:-(none)}" \
    "$(value "$name" turns)" "$(value "$name" rtf.p50)" "$(stage "$name" tokenize)" "$(stage "$name" prefill)" \
    "$(stage "$name" decode)" "$(stage "$name" vocode)" "$(value "$name" wall_rtf.p50)" \
    "$(value "$name" first_audio_after_commit_ms.p50)" \
    "$(awk -v s="$(value "$name" continuity_share)" 'BEGIN { print 100 * s }')" "$(value "$name" valid)" \
    "$(awk -v s="$(value "$name" driver.steal_share)" 'BEGIN { print 100 * s }')"
}

run exact
run low-latency --mode low-latency
run int8 --precision int8
