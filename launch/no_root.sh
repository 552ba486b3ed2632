# Shell helpers of `launch/setup.sh --no-root`: what can be had without touching the system.
# Sourced after steps.sh. Sets `python`, and `configure`, more words for `cmake --preset`.

libraries=(liblmdb-dev libyaml-cpp-dev libxxhash-dev libboost-program-options-dev
  libprotozero-dev nlohmann-json3-dev libjpeg-dev libpng-dev)
prefix=$deps_root/debian

# What can't be fetched: a compiler, and the cluster's own MPI.
require_tools() {
  "${CXX:-c++}" --version >/dev/null 2>&1 ||
    fail "there is no C++ compiler ${CXX:-c++}. Load the cluster's module for GCC 12 or newer, or set CXX and CC." 66
  command -v mpicxx >/dev/null && command -v mpirun >/dev/null ||
    fail "mpicxx and mpirun are not on PATH. Load the cluster's module for Open MPI 4.1 or 5." 66
  [[ $(mpirun --version 2>/dev/null) =~ "Open MPI"|prterun ]] ||
    fail "$(command -v mpirun) is not of Open MPI. Load the cluster's module for Open MPI 4.1 or 5." 66
  python=$(python_311)
}

# The wheels that are pinned are of Python 3.11.
python_311() {
  local python
  for python in python3.11 /usr/bin/python3 python3; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      command -v "$python"
      return
    fi
  done
  fail "no Python 3.11 with its venv module was found, and the pinned wheel of LibTorch is of that version. Load the cluster's module for it." 66
}

# enough PROGRAM MAJOR MINOR
enough() {
  local version
  version=$("$1" --version 2>/dev/null | grep -oEm1 '[0-9]+\.[0-9]+') || return 1
  ((${version%.*} > $2 || (${version%.*} == $2 && ${version#*.} >= $3)))
}

# own_apt COMMAND...: apt-get with lists and downloads in `prefix`, so that it needs no root.
own_apt() {
  apt-get -q -o Dir::State::Lists="$prefix/apt/lists" -o Dir::Cache="$prefix/apt" \
    -o Debug::NoLocking=1 -o APT::Update::Error-Mode=any -o Acquire::Retries=3 "$@"
}

# Debian's and Ubuntu's packages of the libraries that are missing and of all that these
# need, unpacked below `prefix`.
fetch_debian_libraries() {
  local packages
  mkdir -p "$prefix/apt/lists/partial" "$prefix/apt/archives/partial"
  logged "apt-get update" own_apt update
  packages=$(own_apt install --simulate --no-install-recommends "${libraries[@]}" 2>/dev/null |
    awk '$1 == "Inst" { print $2 }')
  if [ -z "$packages" ]; then say "    the system has all of them"; return; fi
  say "    into $prefix:" $packages
  logged "apt-get download" download_into "$prefix/apt/archives" $packages
  logged "unpacking" unpack
}

download_into() {
  cd "$1" && shift && own_apt download "$@"
}

# Leaves the name of the folder that holds this architecture's files in apt/architecture.
unpack() {
  local entry arch
  for entry in "$prefix"/apt/archives/*.deb; do dpkg-deb -x "$entry" "$prefix"; done
  arch=$(find "$prefix/usr/lib" -maxdepth 1 -name '*-linux-gnu*' -printf '%f\n' | head -n 1)
  # Compilers look into include/ARCH of the system alone.
  find "$prefix/usr/include/$arch" -mindepth 1 -maxdepth 1 2>/dev/null | while read -r entry; do
    ln -sfn "$arch/${entry##*/}" "$prefix/usr/include/${entry##*/}"
  done
  # A library that the system has, without what is needed to link it.
  find "$prefix/usr/lib" -xtype l | while read -r entry; do
    ln -sfn "/usr/lib/$arch/$(readlink "$entry")" "$entry"
  done
  echo "$arch" >"$prefix/apt/architecture"
}

# With apt-get they are fetched; elsewhere CMake looks into CMAKE_PREFIX_PATH, which modules,
# Spack and conda set, and names what it misses.
no_root_libraries() {
  if [ -e "$prefix/apt/architecture" ]; then
    say "    already in $prefix"
  elif command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    fetch_debian_libraries
  else
    say "    there is no apt-get; taken from the system and from CMAKE_PREFIX_PATH"
  fi
  [ -e "$prefix/apt/architecture" ] || return 0
  configure=(-DCMAKE_PREFIX_PATH="$prefix/usr"
    -DCMAKE_LIBRARY_ARCHITECTURE="$(cat "$prefix/apt/architecture")")
}
