#!/usr/bin/env bash
# The Debian packages that the tests need: installed when root, else named, and out with 2.
set -euo pipefail
missing=()
for package in chromium fonts-noto-cjk postgresql-15 hledger ledger; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' \
    || missing+=("$package")
done
# Any Java from 17 on will do for Spark; where there is none, Debian's.
command -v java >/dev/null || [ -x "${JAVA_HOME:-}/bin/java" ] || missing+=(openjdk-17-jre-headless)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ]; then
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "These Debian packages are missing: ${missing[*]}" >&2
  echo "Ask an administrator: apt-get install ${missing[*]}" >&2
  exit 2
fi
