// Runs a fuzz target without libFuzzer: every seed, then seeds changed at
// random, for some seconds.
//   fuzz_pth SECONDS SEED_FILE...
// The changes come from a generator with a fixed seed. Seeds above 64 KiB are
// run as they are: so many bytes, changed, would leave time for little else. An
// input that ends the program by a signal, or takes more than 10 s or a
// gigabyte of memory (that not under a sanitizer, whose own has no bound), is
// written to crash-input in the current folder, and may be given as a seed
// again.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/support/files.h"

extern "C" int LLVMFuzzerTestOneInput(
    const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes* current_input = nullptr;  // for the signal handler

void keep_input(int number) {
  const int file = ::open("crash-input", O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && current_input != nullptr) {
    [[maybe_unused]] const ssize_t written =
        ::write(file, current_input->data(), current_input->size());
  }
  std::signal(number, SIG_DFL);
  std::raise(number);
}

/// What the program, its libraries included, takes now and `more` bytes.
void limit_memory(rlim_t more) {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t bytes =
      pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{bytes, bytes};
  if (pages == 0 || setrlimit(RLIMIT_AS, &limit) != 0) {
    std::perror("no limit of memory");
    std::exit(1);
  }
}

void run_target(const Bytes& input) {
  constexpr unsigned kMostSeconds = 10;
  current_input = &input;
  alarm(kMostSeconds);
  LLVMFuzzerTestOneInput(input.data(), input.size());
  alarm(0);
}

class Mutator {
 public:
  explicit Mutator(std::vector<Bytes> seeds) : seeds_(std::move(seeds)) {}

  Bytes next() {
    Bytes input = seeds_[below(seeds_.size())];
    for (std::size_t left = 1 + below(6); left > 0; --left) {
      change(input);
    }
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  void change(Bytes& input) {
    if (input.empty()) {
      input.push_back(0);
    }
    const std::size_t at = below(input.size());
    const std::size_t length =
        std::min<std::size_t>(1 + below(16), input.size() - at);
    const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(length);
    switch (below(6)) {
      case 0:
        *begin ^= static_cast<std::uint8_t>(1u << below(8));
        break;
      case 1:
        *begin = static_cast<std::uint8_t>(random_());
        break;
      case 2:  // a number at its limits
        std::fill(begin, end, below(2) == 0 ? 0xff : 0x00);
        break;
      case 3:
        input.erase(begin, end);
        break;
      case 4: {
        const Bytes piece(begin, end);
        input.insert(
            input.begin() + static_cast<std::ptrdiff_t>(below(input.size())),
            piece.begin(),
            piece.end());
        break;
      }
      default: {  // a piece of another seed in its place
        const Bytes& other = seeds_[below(seeds_.size())];
        for (std::size_t i = 0; i < length && at + i < other.size(); ++i) {
          input[at + i] = other[at + i];
        }
      }
    }
  }

  std::vector<Bytes> seeds_;
  std::mt19937_64 random_{1};
};

}  // namespace

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s SECONDS SEED_FILE...\n", argv[0]);
    return 64;
  }
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGALRM}) {
    std::signal(number, keep_input);
  }
#ifndef CONVOY_FUZZ_SANITIZED
  limit_memory(1u << 30);
#endif
  constexpr std::size_t kMostChangedBytes = 64u << 10;
  std::vector<Bytes> seeds;
  for (int i = 2; i < argc; ++i) {
    const Bytes seed = convoy::testing::read_bytes(argv[i]);
    run_target(seed);
    if (seed.size() <= kMostChangedBytes) {
      seeds.push_back(seed);
    }
  }
  if (seeds.empty()) {
    std::fputs("no seed is small enough to be changed\n", stderr);
    return 64;
  }
  Mutator mutator(seeds);
  const auto end = Clock::now() + std::chrono::seconds(std::atoi(argv[1]));
  long inputs = 0;
  for (; Clock::now() < end; ++inputs) {
    run_target(mutator.next());
  }
  std::printf("%ld inputs\n", inputs);
  return 0;
}
