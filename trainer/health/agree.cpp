#include "trainer/health/agree.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace convoy {
namespace {

/// "65 rank's host\nmessage"; empty when all went well.
std::string encode(const Failure& failure, const std::string& host) {
  return fmt::format(
      "{} {}\n{}", static_cast<int>(failure.code), host, failure.message);
}

struct Note {
  int code = 0;
  std::string host;
  std::string message;
};

Note decode(const std::string& text) {
  const std::size_t blank = text.find(' ');
  const std::size_t line = text.find('\n');
  return {
      std::stoi(text.substr(0, blank)),
      text.substr(blank + 1, line - blank - 1),
      text.substr(line + 1)};
}

}  // namespace

void agreed(
    Control& control,
    const std::string& host,
    const std::function<void()>& work) {
  std::string mine;
  try {
    work();
  } catch (...) {
    mine = encode(describe(std::current_exception()), host);
  }
  const auto notes = control.all_gather(mine);
  const auto first = std::find_if(
      notes.begin(), notes.end(), [](const auto& n) { return !n.empty(); });
  if (first == notes.end()) {
    return;
  }
  const Note note = decode(*first);
  const bool everywhere =
      std::all_of(notes.begin(), notes.end(), [&](const auto& n) {
        return !n.empty() && decode(n).message == note.message;
      });
  throw AgreedFailure(
      static_cast<ExitCode>(note.code),
      everywhere ? note.message
                 : fmt::format(
                       "rank {} on {}: {}",
                       first - notes.begin(),
                       note.host,
                       note.message));
}

}  // namespace convoy
