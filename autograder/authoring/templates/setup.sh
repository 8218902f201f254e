#!/usr/bin/env bash
# Run once by Gradescope, as root, while the image is built. Everything that grading needs is installed here, into an
# environment of its own: the system's python3 belongs to the platform's harness and stays as it is.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

apt-get update
apt-get install -y --no-install-recommends python3.11 python3.11-venv

python3.11 -m venv /opt/autograder
/opt/autograder/bin/pip install --no-cache-dir --upgrade pip
# CPU builds of torch: a tenth of the size, and there is no GPU here.
/opt/autograder/bin/pip install --no-cache-dir \
    --extra-index-url https://download.pytorch.org/whl/cpu \
    -r /autograder/source/requirements.txt

# Tests, configuration and results are for root alone; workers get a user of their own.
chmod -R go-rwx /autograder/source
