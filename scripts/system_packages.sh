#!/bin/sh
# Installs the Debian or Ubuntu packages named as arguments that are missing.
# Says in one sentence what to do where it can't, and lets the caller go on: parts may still work.
missing=""
for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "voiceguide needs these system packages, or what your system calls them:$missing" >&2
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "Ask an administrator to run: apt-get install$missing" >&2
        exit 0
    fi
    as_root="sudo"
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# The list of packages may be too old to find them, or missing altogether: then bring it up to date.
# shellcheck disable=SC2086 # the names are meant to be split
$as_root apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
    { $as_root apt-get update -q >/dev/null && $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null; } ||
    echo "These system packages could not be installed, so parts of voiceguide may not work:$missing" >&2
