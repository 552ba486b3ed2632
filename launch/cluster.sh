#!/usr/bin/env bash
# Trains on several hosts over ssh.
#   launch/cluster.sh HOSTFILE CONFIG [options of `convoy train`]
# HOSTFILE: see launch/hostfile.example. Every host needs this folder and the databases
# under the same path (a shared file system, or copies), and passwordless ssh from here.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

case ${1:-} in
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
esac
[ $# -ge 2 ] || fail "want: launch/cluster.sh HOSTFILE CONFIG [options]" 64
hostfile=$1 config=$2
shift 2
[ -r "$hostfile" ] || fail "there is no host file at $hostfile; launch/hostfile.example shows one." 66
ranks=$(sed 's/#.*//' "$hostfile" | awk 'NF { n = 1; for (i = 2; i <= NF; i++) if (split($i, s, "=") == 2 && s[1] == "slots") n = s[2]; total += n } END { print total + 0 }')
[ "$ranks" -gt 0 ] || fail "$hostfile names no host; want lines such as \"node1 slots=4\"." 65
convoy=$(find_convoy)
say "$ranks ranks on $(sed 's/#.*//' "$hostfile" | awk 'NF { print $1 }' | paste -sd' ')"

run_ranks_apart --hostfile "$hostfile" -np "$ranks" --map-by slot --wdir "$PWD" \
  -x PATH ${LD_LIBRARY_PATH:+-x LD_LIBRARY_PATH} \
  ${NCCL_SOCKET_IFNAME:+-x NCCL_SOCKET_IFNAME} ${NCCL_DEBUG:+-x NCCL_DEBUG} \
  "$convoy" train "$config" "$@"
