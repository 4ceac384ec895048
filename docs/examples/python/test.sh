#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the Python client against a server that speaks and checks what it wrote and how it fails.
# Usage: test.sh HOST:PORT [PYTHON]   (exit 0: all well; needs network for pip, once)
set -euo pipefail

readonly SERVER="${1:?usage: test.sh HOST:PORT [PYTHON]}" PYTHON="${2:-python3}"
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
readonly HERE
readonly PROMPT="$HERE/../../../model/src/main/resources/dev/continuo/model/bundle/prompts/heart-3.wav"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

"$PYTHON" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check -r "$HERE/requirements.txt"

client() { "$work/venv/bin/python" "$HERE/continuo_client.py" --server "$SERVER" "$@"; }

fail() { printf 'test.sh: %s\n' "$*" >&2; exit 1; }

expect() { # EXIT_CODE PATTERN ARGUMENT...
  local code=0
  client "${@:3}" > "$work/out" 2> "$work/err" || code=$?
  [[ "$code" == "$1" ]] || fail "${*:3}: exit $code (expected: $1): $(cat "$work/err")"
  [[ "$(wc -l < "$work/err")" == 1 ]] || fail "${*:3}: not one line: $(cat "$work/err")"
  grep -q "$2" "$work/err" || fail "${*:3}: $(cat "$work/err") (expected: $2)"
}

client "$PROMPT" -o "$work/answer.wav" --seconds 2 --seed 1 | tee "$work/said"
"$work/venv/bin/python" - "$work/answer.wav" "$work/said" << 'CHECK'
import re, sys, wave
with wave.open(sys.argv[1]) as wav:
    samples, rate = wav.getnframes(), wav.getframerate()
said = re.search(r": (\d+) samples, (\d+) units, (\w+)$", open(sys.argv[2]).read().strip())
assert int(said[1]) == samples > 0, (said[1], samples)
assert said[3] != "REASON_MAX_LENGTH" or samples == 2 * rate, (samples, rate)
assert int(said[2]) > 0, said[2]
CHECK

client "$PROMPT" -o "$work/again.wav" --seconds 2 --seed 1 > "$work/said"
cmp "$work/answer.wav" "$work/again.wav" || fail 'the same seed gave another answer'

client "$PROMPT" -o "$work/again.wav" --seconds 2 --seed 1 --reflection --protos /nowhere > "$work/said"
cmp "$work/answer.wav" "$work/again.wav" || fail 'a client that only knows reflection heard another answer'

expect 4 'INVALID_ARGUMENT INVALID_SETTING' "$PROMPT" -o "$work/x.wav" --temperature 99
expect 4 'NOT_FOUND UNKNOWN_BUNDLE' "$PROMPT" -o "$work/x.wav" --bundle no-such-bundle
expect 3 'no-such.wav' "$work/no-such.wav" -o "$work/x.wav"

client() { "$work/venv/bin/python" "$HERE/continuo_client.py" --server localhost:1 "$@"; }
expect 4 'localhost:1: UNAVAILABLE' "$PROMPT" -o "$work/x.wav"
echo "the Python client works with $SERVER"
