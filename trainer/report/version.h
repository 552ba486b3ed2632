#pragma once
// What this program is made of.

#include <string>
#include <utility>
#include <vector>

namespace convoy {

/// "convoy 0.1.0 (LibTorch 2.11.0, CUDA 13.0)".
std::string version_line();

/// Name and version of everything that decides what a run computes.
std::vector<std::pair<std::string, std::string>> versions();

/// XXH3-64 of the running program's file: equal on all ranks of a sound job.
std::string build_hash();

/// XXH3-64 of a file's bytes as 16 digits; empty when it can't be read.
std::string hash_file(const std::string& path);

}  // namespace convoy
