#include "trainer/report/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace convoy {
namespace {

int columns_of(int fd) {
  winsize size{};
  if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0) {
    return 0;
  }
  return size.ws_col > 0 ? size.ws_col : 80;
}

/// The terminal that the parent process writes its errors to.
int columns_of_parent() {
  const std::string link = fmt::format("/proc/{}/fd/2", getppid());
  char target[256] = "";
  if (readlink(link.c_str(), target, sizeof target - 1) <= 0 ||
      std::string(target).rfind("/dev/", 0) != 0) {
    return 0;
  }
  const int fd = open(target, O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) {
    return 0;
  }
  const int columns = columns_of(fd);
  close(fd);
  return columns;
}

}  // namespace

int terminal_columns() {
  const int own = columns_of(2);
  if (own > 0) {
    return own;
  }
  return std::getenv("OMPI_COMM_WORLD_RANK") != nullptr ? columns_of_parent()
                                                        : 0;
}

}  // namespace convoy
