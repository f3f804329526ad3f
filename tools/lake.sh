#!/usr/bin/env bash
# lake.sh FOLDER LIST: libraries into a folder of their own, from a hash-locked list. No environment
# is changed: who wants them puts the folder last on its path. Repeats safely; the stamp is last.
set -euo pipefail
folder=$1 list=$2
python=.venv/bin/python uv=.venv/bin/uv
rm -rf "$folder" && mkdir -p "$folder"
echo "installing $list"
if "$uv" --version >/dev/null 2>&1; then
  "$uv" pip install --quiet --require-hashes --no-deps --python "$python" --target "$folder" -r "$list"
else
  "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    --target "$folder" -r "$list"
fi
touch "$folder/.stamp"
