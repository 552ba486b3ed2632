#pragma once
// Runs a Python script (numpy, Pillow, torch, torchvision) as the judge of a
// test, with a folder of its own for the files they exchange.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace convoy::testing {

/// A fresh folder, removed with its content at the end.
class Oracle {
 public:
  Oracle() {
    std::string name =
        (std::filesystem::temp_directory_path() / "convoy-oracle-XXXXXX")
            .string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("no temporary folder: " + name);
    }
    folder_ = name;
  }
  ~Oracle() { std::filesystem::remove_all(folder_); }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  template <class T>
  void write(const std::string& name, const std::vector<T>& values) const {
    std::ofstream file(folder_ / name, std::ios::binary);
    file.write(
        reinterpret_cast<const char*>(values.data()),
        static_cast<std::streamsize>(values.size() * sizeof(T)));
    if (!file) {
      throw std::runtime_error("could not write " + name);
    }
  }

  template <class T>
  std::vector<T> read(const std::string& name) const {
    const auto path = folder_ / name;
    std::vector<T> values(std::filesystem::file_size(path) / sizeof(T));
    std::ifstream file(path, std::ios::binary);
    file.read(
        reinterpret_cast<char*>(values.data()),
        static_cast<std::streamsize>(values.size() * sizeof(T)));
    if (!file) {
      throw std::runtime_error("could not read " + name);
    }
    return values;
  }

  /// Runs tests/SCRIPT with the folder as its working directory; true if it
  /// succeeded.
  ::testing::AssertionResult run(const std::string& script) const {
    const std::string command = "cd '" + folder_.string() + "' && '" +
                                CONVOY_PYTHON + "' '" + CONVOY_SOURCE_DIR +
                                "/tests/" + script + "' > log.txt 2>&1";
    if (std::system(command.c_str()) == 0) {
      return ::testing::AssertionSuccess();
    }
    const std::vector<char> log = read<char>("log.txt");
    return ::testing::AssertionFailure()
           << script << " failed: " << std::string(log.begin(), log.end());
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace convoy::testing
