#!/bin/sh
# Makes this machine ready: system packages, virtual environment, locked dependencies. Safe to run
# again: what is there is left alone. `sh infra/deploy/set_up.sh test` also installs what only the
# tests need.
set -eu
cd "$(dirname "$0")/../.."

packages="tesseract-ocr tesseract-ocr-fra tesseract-ocr-ara tesseract-ocr-chi-sim \
fonts-dejavu-core fonts-liberation fonts-hosny-amiri fonts-wqy-microhei \
fonts-courier-prime fonts-inconsolata fonts-crosextra-carlito fonts-crosextra-caladea \
fonts-ecolier-court fonts-breip fonts-kristi fonts-comic-neue \
libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 python3-venv"
[ "${1:-run}" = "test" ] && packages="$packages chromium postgresql"

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for name in $packages; do
        state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null || true)
        case "$state" in ii*) ;; *) missing="$missing $name" ;; esac
    done
else
    echo "This is no Debian or Ubuntu: please install what matches: $packages" >&2
fi
if [ -n "$missing" ]; then
    echo "Installing system packages:$missing"
    if [ "$(id -u)" = 0 ]; then run=""; elif command -v sudo >/dev/null 2>&1; then run="sudo"; else
        echo "Please run as root: apt-get install$missing" >&2
        exit 1
    fi
    $run apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing \
        >/dev/null
fi

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || {
    echo "Python 3.11, 3.12 or 3.13 is needed; name one with PYTHON=…" >&2
    exit 1
}
[ -x .venv/bin/python ] || "$python" -m venv .venv
stamp=.venv/.ready
wanted=$(cat requirements.lock infra/deploy/pip.lock pyproject.toml | sha256sum)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
    echo "Installing the locked dependencies into .venv (once; some minutes)"
    # Debian's pip cannot tell that a locked version also serves a requirement with extras.
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes \
        -r infra/deploy/pip.lock
    .venv/bin/python -m pip install -q --require-hashes -r requirements.lock
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
        --no-build-isolation -e .
    echo "$wanted" > "$stamp"
fi
