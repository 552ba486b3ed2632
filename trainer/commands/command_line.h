#pragma once
// A subcommand's options: one table that parses and prints the help. The only
// door to Boost.Program_options.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trainer/config/number_range.h"

namespace convoy {

class CommandLine {
 public:
  /// `usage`: what follows "convoy " in the first line of the help. `about`:
  /// what the command does, in a few lines.
  CommandLine(std::string usage, std::string about);
  ~CommandLine();

  /// Declares options. The pointers are filled by parse() and must live until
  /// then.
  CommandLine& flag(const char* name, bool* into, const char* help);
  CommandLine& value(const char* name, std::string* into, const char* help);
  /// Numbers follow the same rules as a config's (trainer/config/scalar.h).
  CommandLine& value(
      const char* name, int* into, const char* help, const NumberRange& range);
  CommandLine& value(
      const char* name,
      std::uint64_t* into,
      const char* help,
      const NumberRange& range);
  CommandLine& value(
      const char* name,
      double* into,
      const char* help,
      const NumberRange& range);
  /// Two numbers, --name FROM,TO; the option alone is `otherwise`.
  CommandLine& range(
      const char* name,
      std::optional<std::array<double, 2>>* into,
      std::array<double, 2> otherwise,
      const char* help,
      const NumberRange& range);
  /// Nothing where it is not given.
  CommandLine& value(
      const char* name,
      std::optional<double>* into,
      const char* help,
      const NumberRange& range);
  /// May be given several times.
  CommandLine& values(
      const char* name, std::vector<std::string>* into, const char* help);
  /// Words without a dash, by place. At most one `rest`, after the others.
  CommandLine& positional(const char* name, std::string* into, bool required);
  CommandLine& rest(
      const char* name, std::vector<std::string>* into, bool required);

  /// False when --help was asked for: it is printed on stdout and there is
  /// nothing more to do. Throws UsageError.
  bool parse(const std::vector<std::string>& arguments);

  std::string help() const;

 private:
  struct Tables;

  std::string usage_;
  std::string about_;
  std::unique_ptr<Tables> tables_;
};

}  // namespace convoy
