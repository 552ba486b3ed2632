// The program convoy.

#include <ATen/Version.h>
#include <cstdio>

int main() {
  std::printf("convoy %s\n%s\n", CONVOY_VERSION, at::show_config().c_str());
}
