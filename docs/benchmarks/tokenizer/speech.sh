#!/usr/bin/env bash
# Speech for train_small_hubert.py: books of the World English Bible (public domain), read by three
# voices of flite and, where it is installed, hibari-tts. Debian: flite, diatheke, sword-text-web;
# pip: hibari-tts. Verses are read in turn by the voices; 16 kHz.
# Usage: speech.sh DIR    writes DIR/train/*.wav and DIR/held-out/*.wav
set -eu
readonly out="$1"
mkdir -p "$out/train" "$out/held-out"

verses() { # BOOK...: one verse a line, without marks
  for book in "$@"; do
    diatheke -b engWEB2015eb -f plain -k "$book" 2> /dev/null |
      sed -e 's/^[^:]*:[0-9]*: //' -e 's/<[^>]*>//g' -e "s/[’‘]/'/g" -e 's/[“”]//g' -e 's/—/, /g' |
      grep -E '^.{60,400}$'
  done
}

speak() { # SET: reads lines
  local i=0 voices=(slt rms awb)
  while read -r line; do
    flite -voice "${voices[i % 3]}" -t "$line" -o "$out/$1/$(printf '%05d' "$i")-${voices[i % 3]}.wav" > /dev/null
    i=$((i + 1))
  done
}

verses Genesis Matthew "I Samuel" | head -n "${TRAIN_VERSES:-1800}" | speak train
verses Ruth Jonah | head -n 60 | speak held-out
