#!/usr/bin/env bash
# Trains on this machine, on N ranks: one a GPU, or one or more cores each.
#   launch/local.sh N CONFIG [options of `convoy train`]
# Ctrl-C or TERM asks the ranks to save and leave (exit code 75); run the same command
# again to go on.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

case ${1:-} in
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
esac
[ $# -ge 2 ] || fail "want: launch/local.sh N CONFIG [options]" 64
ranks=$1 config=$2
shift 2
[[ $ranks =~ ^[1-9][0-9]*$ ]] || fail "the number of ranks is \"$ranks\"; want 1, 2, ..." 64
convoy=$(find_convoy)

run_ranks -np "$ranks" "$convoy" train "$config" "$@"
