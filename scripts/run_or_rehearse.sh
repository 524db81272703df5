#!/bin/sh
# `make run`: the session; on a machine without sound devices, the same session as a rehearsal.
voiceguide=".venv/bin/voiceguide"
"$voiceguide" run "$@"
code=$?
[ "$code" -eq 3 ] || exit "$code"
echo "So here is a rehearsal: the real voice, recognizer and session, with a scripted user."
"$voiceguide" rehearse back-massage-basic --script scripts/demo.yaml --out rehearsal
echo "The sound of it is in rehearsal/guide.wav and rehearsal/mic.wav."
