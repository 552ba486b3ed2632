#include "trainer/commands/command_line.h"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <sstream>

#include "trainer/commands/range_option.h"
#include "trainer/config/nearest.h"
#include "trainer/config/scalar.h"
#include "trainer/errors.h"

namespace convoy {
namespace po = boost::program_options;

namespace {

template <class T>
std::string read_number(
    const std::string& text, const NumberRange& range, T& into) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.scalar = text;
  return read_value(node, range, into);
}

}  // namespace

struct CommandLine::Tables {
  /// A number's option: its text becomes the value, or what is wrong is told.
  struct Number {
    std::string name;
    std::function<std::string(const std::string&)> read;
  };

  po::options_description shown{"Options"};
  po::options_description hidden;
  po::positional_options_description order;
  std::vector<std::string> names{"help"};
  std::vector<std::string> required;
  std::vector<Number> numbers;
  std::map<std::string, std::string> ranges;  ///< what each is alone

  template <class T>
  void add_number(
      const char* name, T* into, const char* help, const NumberRange& range) {
    shown.add_options()(
        name,
        po::value<std::string>()->value_name("X")->default_value(
            fmt::format("{}", *into)),
        help);
    names.emplace_back(name);
    numbers.push_back({name, [into, range](const std::string& text) {
                         return read_number(text, range, *into);
                       }});
  }

  void read_numbers(const po::variables_map& given) const {
    for (const Number& number : numbers) {
      const po::variable_value& value = given[number.name];
      const bool was_given = !value.empty() && !value.defaulted();
      const std::string wrong =
          was_given ? number.read(value.as<std::string>()) : "";
      if (!wrong.empty()) {
        throw UsageError(fmt::format("--{}: {}", number.name, wrong));
      }
    }
  }
};

CommandLine::CommandLine(std::string usage, std::string about)
    : usage_(std::move(usage)),
      about_(std::move(about)),
      tables_(std::make_unique<Tables>()) {
  tables_->shown.add_options()("help,h", "this text");
}

CommandLine::~CommandLine() = default;

namespace {

/// "dataset info" of "dataset info DB [options]": the leading plain words.
std::string command_in(const std::string& usage) {
  std::istringstream words(usage);
  std::string command;
  for (std::string word; words >> word;) {
    if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") !=
        std::string::npos) {
      break;
    }
    command += (command.empty() ? "" : " ") + word;
  }
  return command;
}

/// A shell's variable that is not set leaves such words.
void refuse_empty_words(
    const po::parsed_options& parsed, const std::string& hint) {
  for (const po::option& option : parsed.options) {
    for (const std::string& word : option.value) {
      if (word.empty()) {
        throw UsageError(fmt::format(
            "{}{} is an empty word; want a value{}",
            option.position_key < 0 ? "--" : "",
            option.string_key,
            hint));
      }
    }
  }
}

}  // namespace

CommandLine& CommandLine::flag(const char* name, bool* into, const char* help) {
  tables_->shown.add_options()(name, po::bool_switch(into), help);
  tables_->names.emplace_back(name);
  return *this;
}

CommandLine& CommandLine::value(
    const char* name, std::string* into, const char* help) {
  auto* value = po::value<std::string>(into)->value_name("X");
  tables_->shown.add_options()(
      name, into->empty() ? value : value->default_value(*into), help);
  tables_->names.emplace_back(name);
  return *this;
}

CommandLine& CommandLine::value(
    const char* name, int* into, const char* help, const NumberRange& range) {
  tables_->add_number(name, into, help, range);
  return *this;
}

CommandLine& CommandLine::value(
    const char* name,
    std::uint64_t* into,
    const char* help,
    const NumberRange& range) {
  tables_->add_number(name, into, help, range);
  return *this;
}

CommandLine& CommandLine::value(
    const char* name,
    double* into,
    const char* help,
    const NumberRange& range) {
  tables_->add_number(name, into, help, range);
  return *this;
}

CommandLine& CommandLine::range(
    const char* name,
    std::optional<std::array<double, 2>>* into,
    std::array<double, 2> otherwise,
    const char* help,
    const NumberRange& range) {
  const std::string alone = fmt::format("{},{}", otherwise[0], otherwise[1]);
  tables_->shown.add_options()(
      name,
      po::value<std::string>()->value_name("[FROM,TO]"),
      fmt::format("{}; alone: {}", help, alone).c_str());
  tables_->names.emplace_back(name);
  tables_->ranges[name] = alone;
  tables_->numbers.push_back({name, [into, range](const std::string& text) {
                                return read_range(text, range, *into);
                              }});
  return *this;
}

CommandLine& CommandLine::value(
    const char* name,
    std::optional<double>* into,
    const char* help,
    const NumberRange& range) {
  tables_->shown.add_options()(
      name, po::value<std::string>()->value_name("X"), help);
  tables_->names.emplace_back(name);
  tables_->numbers.push_back({name, [into, range](const std::string& text) {
                                return read_number(
                                    text, range, into->emplace());
                              }});
  return *this;
}

CommandLine& CommandLine::values(
    const char* name, std::vector<std::string>* into, const char* help) {
  tables_->shown.add_options()(
      name,
      po::value<std::vector<std::string>>(into)->value_name("X")->composing(),
      help);
  tables_->names.emplace_back(name);
  return *this;
}

CommandLine& CommandLine::positional(
    const char* name, std::string* into, bool required) {
  tables_->hidden.add_options()(name, po::value<std::string>(into));
  tables_->order.add(name, 1);
  if (required) {
    tables_->required.emplace_back(name);
  }
  return *this;
}

CommandLine& CommandLine::rest(
    const char* name, std::vector<std::string>* into, bool required) {
  tables_->hidden.add_options()(
      name, po::value<std::vector<std::string>>(into));
  tables_->order.add(name, -1);
  if (required) {
    tables_->required.emplace_back(name);
  }
  return *this;
}

bool CommandLine::parse(const std::vector<std::string>& arguments) {
  const std::string hint = "; see convoy " + command_in(usage_) + " --help";
  po::variables_map given;
  try {
    po::options_description all;
    all.add(tables_->shown).add(tables_->hidden);
    const po::parsed_options parsed =
        po::command_line_parser(attach_ranges(arguments, tables_->ranges))
            .options(all)
            .positional(tables_->order)
            // No guessing: --epo must not mean --epochs.
            .style(
                po::command_line_style::unix_style &
                ~po::command_line_style::allow_guessing)
            .run();
    refuse_empty_words(parsed, hint);
    po::store(parsed, given);
    if (given.count("help") > 0) {
      std::fputs(help().c_str(), stdout);
      return false;
    }
    po::notify(given);
  } catch (const po::unknown_option& e) {
    std::string name = e.get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    const std::string near = nearest(name, tables_->names);
    throw UsageError(fmt::format(
        "unknown option --{}{}{}",
        name,
        near.empty() ? "" : "; did you mean --" + near + "?",
        near.empty() ? hint : ""));
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError(fmt::format("too many words: want \"convoy {}\"", usage_));
  } catch (const po::error& e) {
    throw UsageError(e.what() + hint);
  }
  for (const std::string& name : tables_->required) {
    if (given.count(name) == 0) {
      throw UsageError(
          fmt::format("{} is missing: want \"convoy {}\"", name, usage_));
    }
  }
  tables_->read_numbers(given);
  return true;
}

std::string CommandLine::help() const {
  std::ostringstream text;
  text << "Usage: convoy " << usage_ << "\n\n"
       << about_ << "\n\n"
       << tables_->shown;
  return text.str();
}

}  // namespace convoy
