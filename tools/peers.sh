#!/usr/bin/env bash
# peers.sh FOLDER LIST: programs of others in an environment apart, from a hash-locked list.
# Repeats safely; the stamp is written last.
set -euo pipefail
folder=$1 list=$2
uv=.venv/bin/uv
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
echo "installing $list"
if "$uv" --version >/dev/null 2>&1; then
  VIRTUAL_ENV=$folder "$uv" pip install --quiet --require-hashes --no-deps -r "$list"
else
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    --no-deps -r "$list"
fi
touch "$folder/.stamp"
