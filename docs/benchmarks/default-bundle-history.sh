#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The default bundle's stages before the decode core's work and after: builds both commits in work trees under
# target/history, runs `./continuo bench all` of each in turn, prints the best least and best median as markdown.
# A first run builds for some three minutes; the rounds take another two and want a quiet machine.
# Usage: [BEFORE=c305fd7] [AFTER=HEAD] [PRECISION=fp16] [ROUNDS=5] [REPEAT=50] docs/benchmarks/default-bundle-history.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly rounds="${ROUNDS:-5}" precision="${PRECISION:-fp16}" folder="$PWD/target/history"
before="$(git rev-parse --short "${BEFORE:-c305fd7}")"
after="$(git rev-parse --short "${AFTER:-HEAD}")"
readonly before after
lines="$(mktemp)"
trap 'rm -f "$lines"' EXIT

for commit in "$before" "$after"; do
  [[ -d "$folder/$commit" ]] || git worktree add --quiet --force --detach "$folder/$commit" "$commit"
  CONTINUO_BUILD_ONLY=1 "$folder/$commit/continuo" bench --version > /dev/null
done
for ((round = 1; round <= rounds; round++)); do
  for commit in "$before" "$after"; do
    printf 'round %d: %s\n' "$round" "$commit" >&2
    "$folder/$commit/continuo" bench all --batch 1 --context 512 --threads 1 --precision "$precision" \
      --repeat "${REPEAT:-50}" --json | sed "s/^{/{\"commit\":\"$commit\",/" >> "$lines"
  done
done

echo "$(date -u '+%-d %B %Y'), commits $before (before) and $after (after), $(nproc) cores of an" \
  "$(sed -n 's/^model name\t: //p' /proc/cpuinfo | head -n 1), default bundle, $precision, one thread, in turn, rounds: $rounds;" \
  "best least / best median in ms, a unit at 512 cached positions for lm, a second of audio for the others." \
  "The whole path is encoder_stream, lm and vocoder; RTF by least times."
echo
awk -v before="$before" -v after="$after" '
  function field(name, value) {
    value = $0; sub(".*\"" name "\":\"?", "", value); sub("[\",}].*", "", value); return value }
  function cell(commit, stage) {
    return sprintf("%.3g / %.3g", least[commit, stage], median[commit, stage]) }
  { key = field("commit") SUBSEP field("stage"); min = field("min_ms") + 0; med = field("median_ms") + 0
    if (!(key in least) || min < least[key]) { least[key] = min; rtf[key] = field("rtf") + 0 }
    if (!(key in median) || med < median[key]) median[key] = med }
  END {
    print "| stage | before | after | RTF before | RTF after | after / before |"
    print "| --- | --- | --- | --- | --- | --- |"
    n = split("encoder_stream lm vocoder", stages, " ")
    for (i = 1; i <= n; i++) {
      s = stages[i]; b = rtf[before, s]; a = rtf[after, s]; whole_before += b; whole_after += a
      printf "| %s | %s | %s | %.4f | %.4f | %.2f |\n", s, cell(before, s), cell(after, s), b, a, a / b }
    printf "| whole path | | | %.4f | %.4f | %.2f |\n", whole_before, whole_after, whole_after / whole_before
  }' "$lines"
