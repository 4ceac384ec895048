#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tables of decode.md that this repository alone can make: steps, prefill, and the default bundle's step and whole
# path. Prints them as markdown; takes about ten minutes and wants a quiet machine.
# Usage: [SHAPES="12x384 smollm2-135m opt-350m"] [PRECISIONS="f32 fp16 int8"] [ROUNDS=3] [REPEAT=80] docs/benchmarks/decode.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read -ra shapes <<< "${SHAPES:-12x384 smollm2-135m opt-350m}"
read -ra precisions <<< "${PRECISIONS:-f32 fp16 int8}"
readonly rounds="${ROUNDS:-3}"
lines="$(mktemp)"
trap 'rm -f "$lines"' EXIT
CONTINUO_BUILD_ONLY=1 ./continuo bench --version > /dev/null

# Variants in turn, so that a slow moment of the machine is not one's alone.
for ((round = 0; round < rounds; round++)); do
  for precision in "${precisions[@]}"; do
    for shape in "${shapes[@]}"; do
      ./continuo bench lm --shape "$shape" --precision "$precision" --repeat "${REPEAT:-80}" --json >> "$lines"
    done
    ./continuo bench lm --precision "$precision" --batch 1 --repeat "${REPEAT:-80}" --json >> "$lines"
  done
  ./continuo bench encoder --json >> "$lines"
  ./continuo bench vocoder --json >> "$lines"
done

echo "$(date -u '+%-d %B %Y'), commit $(git rev-parse --short HEAD), $(nproc) cores of an" \
  "$(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), $rounds rounds: best least / best median in ms;" \
  "share: of the machine's limit, limit over least of the best round."
echo
echo "| shape | precision | stage | rows | least / median | limit | share | Gop/s | machine's Gop/s | RTF |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
awk 'function field(name, value) {
       value = $0; sub(".*\"" name "\":\"?", "", value); sub("[\",}].*", "", value); return value }
     function number(format, value) { return value == "null" ? "-" : sprintf(format, value) }
     { key = field("shape") " | " field("precision") " | " field("stage") " | " field("batch")
       min = field("min_ms") + 0; med = field("median_ms") + 0
       if (!(key in least)) { order[++n] = key; median[key] = med }
       if (!(key in least) || min < least[key]) {
         least[key] = min; limit[key] = field("limit_ms"); share[key] = field("limit_share")
         gops[key] = field("gops"); peak[key] = field("machine_gops"); rtf[key] = field("rtf") }
       if (med < median[key]) median[key] = med }
     END { for (i = 1; i <= n; i++) { k = order[i]
       printf "| %s | %.3g / %.3g | %s | %s | %s | %s | %.4f |\n", k, least[k], median[k], number("%.3g", limit[k]),
         number("%.2f", share[k]), number("%.0f", gops[k]), number("%.0f", peak[k]), rtf[k] } }' "$lines"
