#pragma once
// A rank that does not come, for as long as another one says.

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace convoy::testing {

/// Ranks that mpirun started on one host, told by a file: a rank that waited in
/// MPI would answer roll calls. To be made on all of them, a barrier before it
/// is used.
class Absence {
 public:
  Absence() { std::filesystem::remove(file_); }
  ~Absence() { std::filesystem::remove(file_); }
  Absence(const Absence&) = delete;
  Absence& operator=(const Absence&) = delete;

  /// The others may come.
  void end() const { std::ofstream(file_) << "come"; }

  /// Returns once end() was called.
  void last() const {
    while (!std::filesystem::exists(file_)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

 private:
  const std::string file_ = fmt::format(
      "{}/convoy-absence-{}",
      std::filesystem::temp_directory_path().string(),
      getppid());
};

}  // namespace convoy::testing
