#!/usr/bin/env bash
# Installs what convoy needs that is missing (Debian packages, LibTorch, the CUDA
# compiler) and builds it. Run it again at any time: it only does what is left to do.
#   launch/setup.sh            build needs, then the release build
#   launch/setup.sh --tests    also what the tests compare against
#   launch/setup.sh --no-build only the packages
#   launch/setup.sh --no-root  nothing outside CONVOY_DEPS (~/.cache/convoy): on a cluster,
#                              with the compiler (CXX) and Open MPI that are on PATH
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/steps.sh"

want_tests=no want_build=yes want_root=yes configure=()
python=$(command -v /usr/bin/python3 || command -v python3 || true)
for argument in "$@"; do
  case $argument in
    --tests) want_tests=yes ;;
    --no-build) want_build=no ;;
    --no-root) want_root=no ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option $argument. Known: --tests, --no-build, --no-root." 64 ;;
  esac
done

build_packages=(
  g++ cmake ninja-build ccache git ca-certificates openssh-client python3 python3-venv
  openmpi-bin libopenmpi-dev liblmdb-dev libyaml-cpp-dev libxxhash-dev
  libboost-program-options-dev libprotozero-dev nlohmann-json3-dev
  libjpeg62-turbo-dev libpng-dev)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev clang-format-14)

missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null |
      grep -q 'install ok installed' || echo "$package"
  done
}

install_packages() {
  local missing sudo=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || { say "    all ${#} packages are there"; return; }
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "these Debian packages are missing, and installing them needs root or sudo, which this machine lacks: ${missing[*]}. Ask whoever looks after it to run: apt-get install ${missing[*]}. On a cluster with modules: launch/setup.sh --no-root" 77
    # -n first: -v wants a password even from those who need none.
    sudo -n true 2>/dev/null || sudo -v ||
      fail "sudo refused. These Debian packages are missing: ${missing[*]}. Ask whoever looks after this machine to run: apt-get install ${missing[*]}" 77
    sudo=(sudo -n)
  fi
  say "    missing: ${missing[*]}"
  logged "apt-get update" "${sudo[@]}" apt-get update -q -o APT::Update::Error-Mode=any \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300
  logged "apt-get install" "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}"
}

# wheels NAME FILE: unpacks the pinned wheels of FILE once; the stamp is its hash.
wheels() {
  local stamp=$deps/.$1-$(sha256sum "$here/launch/$2" | cut -c1-12)
  [ ! -e "$stamp" ] || { say "    already in $deps"; return; }
  require_space "$deps_root" "$3" "Unpacking $2" " or set CONVOY_DEPS to a folder on another disk"
  { mkdir -p "$deps" && [ -w "$deps" ]; } 2>/dev/null ||
    fail "the folder $deps can't be written. Run as its owner, or set CONVOY_DEPS to a folder of yours." 74
  # pip comes last: without it an earlier set-up was interrupted.
  [ -x "$deps/bin/pip" ] || logged "python venv" "$python" -m venv --clear "$deps"
  # pip's downloads: /tmp may be small, and an interrupted one leaves them behind.
  rm -rf "$deps/tmp"
  mkdir "$deps/tmp"
  logged "pip install $2" env TMPDIR="$deps/tmp" "$deps/bin/pip" install --no-deps \
    --require-hashes --no-compile --no-cache-dir --disable-pip-version-check --no-input \
    -r "$here/launch/$2"
  rm -r "$deps/tmp"
  touch "$stamp"
}

# The CUDA wheels carry libX.so.13 only; linkers and CMake look for libX.so and lib64.
link_cuda_names() {
  local cuda library
  cuda=$(echo "$deps"/lib/python3*/site-packages/nvidia/cu13)
  [ -d "$cuda/lib" ] || return 0
  [ -e "$cuda/lib64" ] || ln -s lib "$cuda/lib64"
  for library in "$cuda"/lib/lib*.so.* "$cuda"/../nccl/lib/lib*.so.* "$cuda"/../cudnn/lib/lib*.so.*; do
    [ -e "${library%%.so.*}.so" ] || ln -s "$(basename "$library")" "${library%%.so.*}.so"
  done
}

system_cuda() {
  [ "${CONVOY_SYSTEM_CUDA:-ON}" = ON ] &&
    "${CUDA_HOME:-/usr/local/cuda}/bin/nvcc" --version 2>/dev/null | grep -q 'release 13\.'
}

if [ "$want_root" = yes ]; then
  announce "Debian packages" "compiler, CMake, Open MPI, LMDB, JPEG and PNG, YAML: what convoy is built on"
  command -v apt-get >/dev/null || fail "this script knows Debian 12 (apt-get was not found). Elsewhere: launch/setup.sh --no-root, and docs/running.md lists what is needed." 69
  packages=("${build_packages[@]}")
  [ "$want_tests" = no ] || packages+=("${test_packages[@]}")
  install_packages "${packages[@]}"
else
  source "$here/launch/no_root.sh"
  require_tools
  [ "$want_tests" = no ] || libraries+=(libgtest-dev libgmock-dev libbenchmark-dev)
fi

{ mkdir -p "$deps_root" && : >>"$deps_root/.lock"; } 2>/dev/null ||
  fail "the folder $deps_root can't be written. Run as its owner, or set CONVOY_DEPS to a folder of yours." 74
exec 9>>"$deps_root/.lock"
flock -n 9 || say "    waiting for another set-up, which holds $deps_root/.lock"
flock -w 1800 9 || fail "another set-up has held $deps_root/.lock for half an hour. Wait for it, or end it, then run again." 73

announce "LibTorch 2.11.0" "tensors, autograd and the CPU and CUDA kernels; about 2 GB to download, once"
wheels torch requirements.txt 7
announce "CUDA 13 compiler" "the same binary then runs with and without a GPU"
if system_cuda; then
  say "    using the system's: ${CUDA_HOME:-/usr/local/cuda}"
else
  wheels cuda requirements-cuda.txt 1
fi
link_cuda_names
if [ "$want_root" = no ]; then
  if ! enough cmake 3 25 || ! enough ninja 1 10; then
    announce "CMake and Ninja" "what builds convoy"
    wheels tools requirements-tools.txt 1
    PATH=$deps/bin:$PATH
  fi
  announce "Libraries" "LMDB, JPEG and PNG, YAML: those that CMake will not find elsewhere"
  no_root_libraries
fi
if [ "$want_tests" = yes ]; then
  announce "Test oracles" "PyTorch's Python side, torchvision, lmdb: convoy is compared with them"
  wheels test requirements-test.txt 1
fi
exec 9>&-

[ "$want_build" = yes ] || exit 0
announce "Build" "the program convoy, in build/release (first time: a few minutes)"
require_space "$here" 3 "The build"
cd "$here"
tests=()
[ "$want_tests" = no ] || tests=(-DCONVOY_TESTS=ON)
logged "cmake configure" cmake --preset release "${tests[@]}" "${configure[@]}"
logged "build" cmake --build --preset release
say "    $here/build/release/convoy"
