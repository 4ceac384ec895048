#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Cost and divergence of the incremental tokenizer against look-ahead, left context, step and statistics, for any
# HuBERT. Prints Markdown tables on standard output and writes the plot beside tokenizer.md; needs jq.
# Usage: docs/benchmarks/tokenizer.sh ENCODER KMEANS LAYER WAVS... > tables.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly encoder="$1" kmeans="$2" layer="$3"
shift 3
readonly plot="${PLOT:-docs/benchmarks/tokenizer.svg}"
CONTINUO_BUILD_ONLY=1 ./continuo --version > /dev/null

row() { # LEFT STEP AHEAD STATISTICS WAVS...: ued agreement rtf offline_rtf, weighted by units or frames
  ./continuo units --encoder "$encoder" --kmeans "$kmeans" --layer "$layer" --raw --stream --compare --mode low-latency \
    --left-context-ms "$1" --step-ms "$2" --look-ahead-ms "$3" --norm-stats "$4" "${@:5}" |
    jq -rs '(map(.units | length) | add) as $n |
      [(map(.ued * (.units | length)) | add), (map(.frame_agreement * (.units | length)) | add),
       (map(.rtf * (.units | length)) | add), (map(.offline_rtf * (.units | length)) | add)] | map(. / $n) | @tsv'
}

withdrawn() { # the same: share of frames that mode exact takes back
  ./continuo units --encoder "$encoder" --kmeans "$kmeans" --layer "$layer" --raw --stream --compare \
    --left-context-ms "$1" --step-ms "$2" --look-ahead-ms "$3" --norm-stats "$4" "${@:5}" |
    jq -rs '(map(.units | length) | add) as $n | (map(.withdrawn_frames) | add) / $n'
}

table() { # POLICIES...: each LEFT/STEP/AHEAD/STATISTICS
  echo '| left context | step | look-ahead | statistics | UED | frame agreement | withdrawn by mode exact | cost |'
  echo '| --- | --- | --- | --- | --- | --- | --- | --- |'
  local policy left step ahead statistics ued same rtf offline
  for policy in "$@"; do
    IFS=/ read -r left step ahead statistics <<< "$policy"
    read -r ued same rtf offline < <(row "$left" "$step" "$ahead" "$statistics" "${wavs[@]}")
    printf '| %s ms | %s ms | %s ms | %s | %.1f | %.1f %% | %.0f %% | %.2f |\n' "$left" "$step" "$ahead" "$statistics" \
      "$ued" "$(jq -n "100 * $same")" "$(jq -n "100 * $(withdrawn "$left" "$step" "$ahead" "$statistics" "${wavs[@]}")")" \
      "$(jq -n "$rtf / $offline")"
    echo "$left $step $ahead $statistics $ued $same" >> "$points"
  done
}

plot() { # a line a left context: frame agreement against look-ahead
  awk '
    $4 == "frozen" && $2 == 480 { x[$1] = x[$1] " " $3; y[$1] = y[$1] " " $6; if (!($1 in seen)) { seen[$1] = ++n; order[n] = $1 } }
    END {
      split("#2f6fde #d9622b #2e9d6a #a05bd0", colour, " ")
      print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 380\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#888\">"
      for (p = 50; p <= 100; p += 10) {
        yy = 330 - (p - 50) * 6
        printf "<line x1=\"60\" y1=\"%d\" x2=\"560\" y2=\"%d\" stroke=\"#888\" stroke-opacity=\"0.3\"/><text x=\"52\" y=\"%d\" text-anchor=\"end\">%d %%</text>\n", yy, yy, yy + 4, p
      }
      for (m = 0; m <= 640; m += 160) printf "<text x=\"%d\" y=\"350\" text-anchor=\"middle\">%d</text>\n", 60 + m * 500 / 640, m
      print "<text x=\"310\" y=\"372\" text-anchor=\"middle\">look-ahead, ms</text><text x=\"60\" y=\"18\">frames with the offline unit</text>"
      for (i = 1; i <= n; i++) {
        k = split(x[order[i]], xs, " "); split(y[order[i]], ys, " "); line = ""
        for (j = 1; j <= k; j++) {
          px = 60 + xs[j] * 500 / 640; py = 330 - (100 * ys[j] - 50) * 6; if (py > 330) py = 330
          line = line sprintf(" %.1f,%.1f", px, py)
          printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", px, py, colour[i]
        }
        printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/><text x=\"572\" y=\"%d\" fill=\"%s\">left context %.1f s</text>\n", line, colour[i], 30 + 20 * i, colour[i], order[i] / 1000
      }
      print "</svg>"
    }' "$points" > "$plot"
}

wavs=("$@")
points="$(mktemp)"
trap 'rm -f "$points"' EXIT
policies=()
for left in 500 2000 4000; do
  for ahead in 0 80 160 320 480 640; do
    policies+=("$left/480/$ahead/frozen")
  done
done
echo '### Look-ahead and left context'
echo
table "${policies[@]}"
echo
echo '### Step and statistics'
echo
table 2000/160/320/frozen 2000/960/320/frozen 2000/480/320/exact 2000/480/320/calibrated
plot
