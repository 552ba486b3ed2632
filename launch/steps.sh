# Shell helpers shared by the launch scripts: announce a step, run it with its output
# kept in a log, and turn the usual failures into one clear sentence.
# Sourced, not run. REQUIRES: bash with `set -euo pipefail` in the caller.

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

# explain LOG: the likely cause of a failed step, read off its log.
explain() {
  if grep -qiE 'No space left on device|not enough free space' "$1"; then
    echo "the disk is full ($(df -h --output=avail,target "$here" "$deps_root" 2>/dev/null | tail -n +2 | tr -s ' ' | paste -sd';')). Free some space and run the same command again; it continues where it stopped"
  elif grep -qiE 'Could not resolve|Temporary failure (in name )?resol|Name or service not known|Failed to establish a new connection|Connection (refused|timed out)|Network is unreachable|Could not connect|Max retries exceeded|Failed to fetch|No matching distribution found' "$1"; then
    echo "no package mirror could be reached. Check the network (or the proxy: http_proxy, https_proxy, pip's index-url) and run the same command again"
  elif grep -qiE 'THESE PACKAGES DO NOT MATCH THE HASHES' "$1"; then
    echo "a downloaded file is not the one pinned in launch/requirements*.txt. Run again; if it persists, the mirror serves altered files"
  elif grep -qiE 'Could not get lock|Unable to acquire the dpkg' "$1"; then
    echo "another program is installing packages (often the system's own daily update). Wait until it has ended and run the same command again"
  elif grep -qiE 'Permission denied|are you root' "$1"; then
    echo "a folder may not be written. Run as root, or as a user with sudo"
  elif grep -qiE 'Killed|cc1plus.*(out of memory|terminated)|std::bad_alloc' "$1"; then
    echo "the machine ran out of memory. Close other programs, or build with fewer jobs: CMAKE_BUILD_PARALLEL_LEVEL=1"
  else
    echo "its last lines were:
$(tail -n 15 "$1")"
  fi
}

# code_of LOG: the exit code of a failed step (docs/running.md), read off its log.
code_of() {
  case $(explain "$1") in
    "the disk is full"*) echo 74 ;;
    "no package mirror"*) echo 69 ;;
    *) echo 1 ;;
  esac
}

# logged WHAT COMMAND...: runs COMMAND with its output in a log; on a terminal shows the
# last line as it changes, elsewhere one line in half a minute. Fails with a sentence.
logged() {
  local what=$1 log start status=0 shown=0
  shift
  mkdir -p "$logs" 2>/dev/null ||
    fail "the folder $logs can't be made: $(stat -c 'its parent belongs to %U' "$here" 2>/dev/null). Run as its owner, or set CONVOY_LOGS." 74
  log=$logs/$(echo "$what" | tr -c 'A-Za-z0-9\n' '-').log
  start=$SECONDS
  # Without the caller's lock (9), which a child that outlives us would keep.
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  local job=$!
  trap 'kill "$job" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$job" 2>/dev/null; do
    if [ -t 1 ]; then
      printf '\r\033[K    %3ds  %.70s' $((SECONDS - start)) "$(last_line "$log")"
    elif ((SECONDS - start - shown >= 30)); then
      shown=$((SECONDS - start))
      say "    $shown s  $(last_line "$log" | cut -c1-100)"
    fi
    sleep 0.5
  done
  [ ! -t 1 ] || printf '\r\033[K'
  wait "$job" || status=$?
  trap - INT TERM
  [ "$status" -eq 0 ] || fail "$what failed: $(explain "$log").
(Whole log: $log)" "$(code_of "$log")"
  say "    done in $((SECONDS - start)) s"
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

# run_ranks ARGUMENTS...: mpirun with settings for training. Ctrl-C and TERM reach the
# ranks as USR1, which all of them act on at the same step; mpirun itself would kill them
# within a second. Returns mpirun's exit code.
run_ranks() {
  local flags=(-q --oversubscribe --bind-to none
    --mca btl_vader_single_copy_mechanism none)
  [ "$(id -u)" -ne 0 ] || flags+=(--allow-run-as-root)
  local status=0 stopping=no
  # Its own process group: a terminal's Ctrl-C must reach this script alone.
  set -m
  mpirun "${flags[@]}" "$@" </dev/null &
  local job=$!
  set +m
  trap 'stopping=yes; kill -USR1 "$job" 2>/dev/null || true' INT TERM
  while true; do
    status=0
    wait "$job" || status=$?
    kill -0 "$job" 2>/dev/null || break
  done
  trap - INT TERM
  if [ "$status" -eq 137 ]; then
    say "convoy: a rank was killed by the system; most often the machine ran out of memory. Try a smaller batch.micro." >&2
  elif [ "$status" -eq 75 ] && [ "$stopping" = yes ]; then
    say "convoy: saved. The same command goes on from there." >&2
  fi
  return "$status"
}
