#!/usr/bin/env bash
# Run once, as root, while the image is built: everything that grading needs is installed here, into an environment of its
# own, and nothing is fetched when a submission is graded. The system's python3 belongs to the platform's harness and stays.
#
# The platform sets none of these; they are for rehearsals and for images that are built elsewhere:
#   AUTOGRADER_ROOT      where `source`, `submission` and `results` are       (default /autograder)
#   AUTOGRADER_ENV       where the environment goes                           (default /opt/autograder)
#   AUTOGRADER_PACKAGES  folders of installed packages, with `:` between them, to use instead of what an index would give
set -euo pipefail
umask 022
source=${AUTOGRADER_ROOT:-/autograder}/source
environment=${AUTOGRADER_ENV:-/opt/autograder}
offered=${AUTOGRADER_PACKAGES:-}
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

# Python 3.11 beside the system's python3. Ubuntu 22.04 itself has a release candidate of it, so the finished one of the
# deadsnakes archive is tried first there.
systems=$(readlink -f "$(command -v python3 || true)" || true)
usable() { python3.11 -c "import ensurepip, sys, venv; sys.exit($1)" 2>/dev/null; }
if ! usable 'sys.version_info.releaselevel != "final"'; then
    apt-get update
    if grep -qs '^ID=ubuntu' /etc/os-release; then
        { apt-get install -y --no-install-recommends software-properties-common gnupg && add-apt-repository -y ppa:deadsnakes/ppa; } \
            || echo "setup: the deadsnakes archive cannot be had; the distribution's Python 3.11 has to do" >&2
    fi
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    usable 0 || { echo "setup: there is no Python 3.11 that can make environments; install python3.11-venv" >&2; exit 1; }
fi
if [ "$(readlink -f "$(command -v python3 || true)" || true)" != "$systems" ]; then
    echo "setup: python3 is another one than before, and the platform's harness needs the one that was there" >&2
    exit 1
fi

rm -rf "$environment"
python3.11 -m venv "$environment"
pip() { "$environment/bin/python" -m pip "$@"; }
if [ -z "$offered" ]; then
    # CPU builds of torch: a tenth of the size, and there is no graphics card here. From that index alone, so that no other
    # build can be taken for them; all the rest from the usual one.
    grep -E '^(torch|torchvision)==' "$source/requirements.txt" > /tmp/torch.txt
    pip install --only-binary :all: --no-deps --index-url https://download.pytorch.org/whl/cpu -r /tmp/torch.txt
    pip install --only-binary :all: -r "$source/requirements.txt"
    rm /tmp/torch.txt
else
    echo "setup: nothing is fetched; packages are taken from $offered"
    site=$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    tr ':' '\n' <<< "$offered" > "$site/offered.pth"
    pip uninstall --quiet --yes setuptools  # the environment's own would hide that of the packages
fi
pip install --quiet --no-index --no-deps --force-reinstall "$source"/autograder-*.whl

# What was installed is what the bundle was verified with.
"$environment/bin/python" -I - "$source/requirements.txt" "$offered" <<'CHECK'
import sys
from importlib import metadata

import torch

wrong = []
for line in open(sys.argv[1], encoding="utf-8"):
    name, _, wanted = line.strip().partition("==")
    try:
        found = metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        found = "missing"
    if found != wanted:
        wrong.append(f"{name}: {found} instead of {wanted}")
if torch.version.cuda and not sys.argv[2]:
    wrong.append(f"torch: built for CUDA {torch.version.cuda}, not for processors alone")
if wrong:
    sys.exit("setup: not what this bundle was verified with: " + "; ".join(wrong))
print(f"setup: Python {sys.version.split()[0]}, torch {torch.__version__}, autograder {metadata.version('autograder')}")
CHECK

# Tests and configuration are for root alone; students' code runs as a user of its own.
chmod -R go-rwx "$source"
