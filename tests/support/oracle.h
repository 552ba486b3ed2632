#pragma once
// A Python script (numpy, Pillow, torch, torchvision) as the judge of a test,
// and the folder of arrays through which the two talk.

#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "tests/support/files.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace convoy::testing {

class Oracle {
 public:
  template <class T>
  void write(const std::string& name, const std::vector<T>& values) const {
    write_bytes(
        folder_ / name,
        {reinterpret_cast<const std::uint8_t*>(values.data()),
         values.size() * sizeof(T)});
  }

  template <class T>
  std::vector<T> read(const std::string& name) const {
    const std::vector<std::uint8_t> bytes = read_bytes(folder_ / name);
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
  }

  /// Runs tests/SCRIPT with the folder as its argument; throws if it fails.
  void ask(const std::string& script) const {
    run_python(script, {folder_.path().string()});
  }

 private:
  TempDir folder_;
};

}  // namespace convoy::testing
