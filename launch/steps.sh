# Shell helpers shared by the launch scripts: announce a step, run it with its output
# kept in a log, and turn the usual failures into one clear sentence.
# Sourced, not run. REQUIRES: bash with `set -euo pipefail` in the caller.

unset CDPATH  # with it `cd` prints where it went
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=${CONVOY_LOGS:-$here/build/logs}

# Where wheels are unpacked: shared by all clones of one user, named by what is pinned.
deps_root=${CONVOY_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/convoy}
deps=$deps_root/torch-$(sha256sum "$here/launch/requirements.txt" | cut -c1-12)

say() { printf '%s\n' "$*"; }

# announce TITLE REASON: what happens now, and what for.
announce() {
  printf '\n\033[1m==> %s\033[0m\n    %s\n' "$1" "$2" | plain_unless_terminal
}

plain_unless_terminal() {
  if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
}

# fail SENTENCE: says what went wrong and what to do, and ends the script.
fail() {
  printf '\nconvoy: %s\n' "$1" >&2
  exit "${2:-1}"
}

# explain LOG: the exit code (docs/running.md) and the likely cause of a failed step, read
# off its log.
explain() {
  if grep -qiE 'No space left on device|not enough free space' "$1"; then
    echo "74 the disk is full ($(df -h --output=avail,target "$here" "$deps_root" 2>/dev/null | tail -n +2 | tr -s ' ' | paste -sd';')). Free some space and run the same command again; it continues where it stopped."
  elif grep -qiE 'Could not resolve|Temporary failure (in name )?resol|Name or service not known|Failed to establish a new connection|Connection (refused|timed out)|Network is unreachable|Could not connect|Max retries exceeded|Failed to fetch|No matching distribution found' "$1"; then
    echo "69 no package mirror could be reached. Check the network (or the proxy: http_proxy, https_proxy, pip's index-url) and run the same command again."
  elif grep -qiE 'Unable to locate package|has no installation candidate' "$1"; then
    echo "69 this system lacks a package of Debian 12, which this script knows. Other systems: docs/running.md lists what is needed."
  elif grep -qiE 'THESE PACKAGES DO NOT MATCH THE HASHES' "$1"; then
    echo "1 a downloaded file is not the one pinned in launch/requirements*.txt. Run again; if it persists, the mirror serves altered files."
  elif grep -qiE 'Could not get lock|Unable to acquire the dpkg' "$1"; then
    echo "1 another program is installing packages (often the system's own daily update). Wait until it has ended and run the same command again."
  elif grep -qiE 'dpkg was interrupted' "$1"; then
    echo "1 an earlier installation was interrupted. Run \`dpkg --configure -a\` as root, then the same command again."
  elif grep -qiE '^Killed|Killed signal|out of memory|cannot allocate memory|virtual memory exhausted|std::bad_alloc' "$1"; then
    echo "1 the machine ran out of memory. Close other programs, or build with fewer jobs (export CMAKE_BUILD_PARALLEL_LEVEL=1), and run the same command again."
  elif grep -qiE 'Permission denied|Read-only file system|are you root' "$1"; then
    echo "74 something may not be written: $(grep -iEm1 'Permission denied|Read-only file system|are you root' "$1"). Run as its owner."
  else
    echo "1 its last lines were:
$(tail -n 15 "$1")"
  fi
}

# logged WHAT COMMAND...: runs COMMAND with its output in a log; on a terminal shows the
# last line as it changes, elsewhere one line in half a minute. Fails with a sentence.
logged() {
  local what=$1 log=$logs/${1//[^A-Za-z0-9]/-}.log status=0 cause
  shift
  { mkdir -p "$logs" && : >"$log"; } 2>/dev/null ||
    fail "the log $log can't be written. Run as the owner of $logs, or set CONVOY_LOGS to a folder of yours." 74
  local start=$SECONDS job
  trap 'end_group "${!-}"; exit 130' INT TERM HUP
  # A process group of its own, to be ended as a whole; without the caller's lock (9),
  # which a child that outlives us would keep.
  set -m
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  job=$!
  set +m
  # bash would tell of a killed job by itself.
  { show_progress; wait "$job" || status=$?; } 2>/dev/null
  trap - INT TERM HUP
  [ "$status" -ne 137 ] || echo Killed >>"$log"
  if [ "$status" -ne 0 ]; then
    cause=$(explain "$log")
    fail "$what failed: ${cause#* }
(Whole log: $log)" "${cause%% *}"
  fi
  say "    done in $((SECONDS - start)) s"
}

# For logged, while its job runs.
show_progress() {
  local shown=0
  while [ -d "/proc/$job" ]; do
    if [ -t 1 ]; then
      printf '\r\033[K    %3ds  %.70s' $((SECONDS - start)) "$(last_line "$log")"
    elif ((SECONDS - start - shown >= 30)); then
      shown=$((SECONDS - start))
      say "    $shown s  $(last_line "$log" | cut -c1-100)"
    fi
    sleep 0.5
  done
  [ ! -t 1 ] || printf '\r\033[K'
}

# end_group LEADER: ends a step and all that it has started; what sudo started is root's.
end_group() {
  kill -- "-$1" 2>/dev/null || sudo -n bash -c "kill -- -$1" 2>/dev/null || return 0
  wait "$1" 2>/dev/null || true
}

last_line() {
  tail -c 400 "$1" | tr '\r' '\n' | { grep -v '^ *$' || true; } | tail -n 1
}

# require_space FOLDER GIGABYTES WHAT
require_space() {
  local folder=$1 free
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  free=$(df -BG --output=avail "$folder" | tail -n 1 | tr -dc 0-9)
  [ "$free" -ge "$2" ] ||
    fail "$3 needs about $2 GB, and $folder has $free GB free. Free some space${4:-}, then run the same command again." 74
}

# The built program.
find_convoy() {
  local convoy=${CONVOY:-$here/build/release/convoy}
  [ -x "$convoy" ] || fail "$convoy is not there yet: launch/setup.sh builds it." 66
  echo "$convoy"
}

# run_ranks_apart ARGUMENTS...: run_ranks on several hosts. When one is cut off, all ranks
# end within some 10 s, its own too; with Open MPI's settings that takes 8 minutes.
# InfiniBand carries NCCL's traffic, not MPI's few small messages.
run_ranks_apart() {
  local settings=(--mca orte_launch_agent "$here/launch/guarded.sh orted"
    --mca oob_tcp_keepalive_time 3 --mca oob_tcp_keepalive_intvl 1
    --mca oob_tcp_keepalive_probes 4 --mca pml ob1 --mca btl ^openib)
  before_mpirun=("$here/launch/guarded.sh")
  if [[ $(mpirun --version 2>/dev/null) == *"(Open MPI) 4"* ]]; then
    run_ranks "${settings[@]}" "$@"
  else
    PRTE_MCA_prte_launch_agent="$here/launch/guarded.sh prted" \
      hearing_of_lost_hosts run_ranks "${settings[@]}" "$@"
  fi
}

# hearing_of_lost_hosts COMMAND...: for mpirun 5, to which a lost host is no failure. What is
# heard is no terminal to the ranks: no progress bar.
hearing_of_lost_hosts() {
  local heard teller status=0
  heard=$(mktemp -d)
  mkfifo "$heard/pipe"
  (trap '' INT TERM HUP USR1; exec tee "$heard/text" <"$heard/pipe" >&2) &
  teller=$!
  "$@" 2>"$heard/pipe" || status=$?
  wait "$teller" || true
  if [ "$status" -eq 0 ] && grep -q 'lost communication with a remote daemon' "$heard/text"; then
    status=71
    say "$lost_host" >&2
  fi
  rm -r "$heard"
  return "$status"
}

lost_host="convoy: a host was lost, or the link to it. The same command goes on from the newest checkpoint; leave the host out if it does not come back."
before_mpirun=()
# run_ranks ARGUMENTS...: mpirun with settings for training. Ctrl-C, TERM, a lost terminal
# and USR1 reach the ranks as USR1, which all of them act on at the same step; mpirun itself
# would kill them within a second. Returns mpirun's exit code; `stopped_by` is then the
# signal that came.
run_ranks() {
  local flags=(--oversubscribe --bind-to none --mca orte_execute_quiet 1  # -q is of 4.1 alone
    --mca btl_vader_single_copy_mechanism none)
  [ "$(id -u)" -ne 0 ] || flags+=(--allow-run-as-root)
  command -v mpirun >/dev/null ||
    fail "mpirun is not on PATH; launch/setup.sh installs Open MPI." 66
  local status=0 signal
  stopped_by=
  for signal in INT TERM HUP USR1; do
    trap "stopped_by=$signal; kill -USR1 \"\${!-}\" 2>/dev/null || true" "$signal"
  done
  # Its own process group: a terminal's Ctrl-C must reach this script alone.
  set -m
  "${before_mpirun[@]}" mpirun "${flags[@]}" "$@" </dev/null &
  local job=$!
  set +m
  # A signal ends a wait early. Without the 2> bash itself would tell how a job ended.
  while kill -0 "$job" 2>/dev/null; do
    wait "$job" 2>/dev/null || true
  done
  wait "$job" 2>/dev/null || status=$?
  trap - INT TERM HUP USR1
  if [ "$status" -eq 137 ]; then
    say "convoy: a rank was killed (SIGKILL), most often by the system because memory ran out." \
      "$(case " $* " in
        *" evaluate "*) echo "To need less of it: fewer ranks, or --set eval.block=16." ;;
        *) echo "The same command goes on from the newest checkpoint; to need less memory, let each rank take its share of a batch in parts: --set batch.micro=8, or half of what it was." ;;
      esac)" >&2
  elif [ "$status" -eq 127 ]; then
    say "convoy: the program could not be loaded. Was it built by another user, whose LibTorch this one may not read? Then run launch/setup.sh in a copy of one's own, or keep LibTorch where all may read it (CONVOY_DEPS)." >&2
  elif [ "$status" -eq 205 ] || [ "$status" -eq 131 ]; then
    status=71
    say "$lost_host" >&2
  elif [ "$status" -eq 138 ] && [ -n "$stopped_by" ]; then
    status=75  # mpirun was not yet ready for the signal
    say "convoy: stopped before it began. The same command begins anew." >&2
  fi
  return "$status"
}
