#pragma once
// A POSIX file descriptor with an owner.

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace convoy {

class Descriptor {
 public:
  /// As open(2), close-on-exec, new files 0666 less the umask. What failed is
  /// in errno.
  Descriptor(const std::string& path, int flags)
      : number_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (number_ >= 0) {
      close(number_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace convoy
