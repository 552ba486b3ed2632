#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests; ends with counts.
#   launch/test.sh          the tests of every change (minutes)
#   launch/test.sh --full   the slow ones too
# Further arguments go to tests/run.py (--only NAME, --list).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

for argument in "$@"; do
  case $argument in
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --full | --only | --list | [!-]*) ;;
    *) fail "unknown option $argument. Known: --full, --only NAME..., --list." 64 ;;
  esac
done
"$here/launch/setup.sh" --tests
announce "Tests" "each names what it claims; see docs/testing.md"
exec "$deps/bin/python" "$here/tests/run.py" "$@"
