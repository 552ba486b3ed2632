#!/usr/bin/env bash
# Runs one of Open MPI's own processes, mpirun or orted, and ends it when its host is cut
# off from another; its ranks end with it.
#   launch/guarded.sh PROGRAM [ARGUMENTS]
# Keepalives see to that while nothing is on its way. What a rank printed in the wrong
# moment is sent again and again, though, for a quarter of an hour, and keepalives wait for
# it. The kernel counts: after 0.2 s, then twice as long each time, so 5 times in 6 s.
set -u

# retries PID: the most that any of a process's connections has sent its data again.
retries() {
  awk 'FNR == NR { own[$1]; next }
    $10 in own && $7 > most { most = $7 }
    END { print "0x" (most ? most : 0) }' \
    <(find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n') \
    <(cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null)
}

# itself PID: that, and the process that Open MPI 5's prted goes on as.
itself() {
  local child
  echo "$1"
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
    [ "$(cat "/proc/$child/comm")" != "$(cat "/proc/$1/comm")" ] || echo "$child"
  done
}

guard() {
  local pid
  while sleep 1 && kill -0 "$1" 2>/dev/null; do
    for pid in $(itself "$1"); do
      (($(retries "$pid") < 5)) || { kill -QUIT "$pid" && sleep 1 && kill -KILL "$pid"; }
    done
  done
}

guard $$ </dev/null >/dev/null 2>&1 &
# Slurm's scancel sends TERM to every process of a job. These would then kill the ranks
# before they have saved; ranks themselves do without what is blocked here.
if [ -n "${SLURM_JOB_ID:-}" ] && env --block-signal=TERM true 2>/dev/null; then
  exec env --block-signal=TERM "$@"
fi
exec "$@"
