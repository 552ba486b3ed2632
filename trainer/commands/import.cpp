// convoy import: pictures into LMDB databases, with a report of every one.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "data/errors.h"
#include "data/importers/import.h"
#include "data/store/atomic_file.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/report/json_line.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

struct ImportArguments {
  std::string source;  ///< folder or list file
  std::string root;
  std::string names;
  std::string resize = "none";
  std::string size;
  std::string store_as = "file";
  std::string group;
  bool keep_order = false;
  bool json = false;
  ImportOptions options;
};

template <class E>
E choose(const char* option, const std::string& word) {
  std::vector<std::string> known;
  for (const std::string_view name : names(E{})) {
    if (word == name) {
      return static_cast<E>(known.size());
    }
    known.emplace_back(name);
  }
  throw UsageError(fmt::format(
      "--{} {}: want one of {}", option, word, fmt::join(known, ", ")));
}

/// "256" or "256x192" (width x height).
void parse_size(const std::string& text, ImportOptions& options) {
  std::istringstream words(text);
  char by = 'x';
  words >> options.width;
  options.height = options.width;
  if (words && !words.eof()) {
    words >> by >> options.height;
  }
  if (!words || !words.eof() || by != 'x' || options.width < 1 ||
      options.height < 1) {
    throw UsageError(fmt::format(
        "--size {}: want pixels such as 256 or 256x192 (width x height)",
        text));
  }
}

void complete(ImportArguments& a) {
  ImportOptions& o = a.options;
  o.resize = choose<ResizeMode>("resize", a.resize);
  o.store_as = choose<StoreAs>("store", a.store_as);
  o.shuffle = !a.keep_order;
  if (!a.size.empty()) {
    parse_size(a.size, o);
    if (o.resize == ResizeMode::none) {
      o.resize = ResizeMode::squash;
    }
  } else if (o.resize != ResizeMode::none) {
    throw UsageError(
        fmt::format("--resize {} wants --size, such as --size 256", a.resize));
  }
  if (a.group == "folder") {
    o.split.group_by = GroupBy::folder;
  } else if (!a.group.empty()) {
    o.split.group_by = GroupBy::pattern;
    o.split.group_pattern = a.group;
  }
}

CommandLine& add_common(CommandLine& line, ImportArguments& a) {
  ImportOptions& o = a.options;
  return line.value("val", &o.split.val, "fraction kept for validation")
      .value("test", &o.split.test, "fraction kept for testing")
      .value(
          "group",
          &a.group,
          "pictures that stay on one side of the split: `folder` (the folder "
          "below the class), or a regular expression whose first capture names "
          "the group")
      .value("resize", &a.resize, "none, squash, crop, fill or half_crop")
      .value("size", &a.size, "256 or 256x192; without --resize: squash")
      .value(
          "store",
          &a.store_as,
          "file (the file's bytes where nothing changes), jpeg, png or raw")
      .value("quality", &o.jpeg_quality, "of JPEGs that are encoded anew")
      .flag("gray", &o.gray, "one channel")
      .flag("keep-order", &a.keep_order, "do not shuffle the records")
      .flag("strict", &o.strict, "stop at the first file that can't be used")
      .flag("overwrite", &o.overwrite, "replace a database of that name")
      .value("workers", &o.workers, "threads; 0: all CPUs")
      .flag("json", &a.json, "the report on stdout as JSON");
}

bool parse_folder(const std::vector<std::string>& words, ImportArguments& a) {
  CommandLine line(
      "import folder SRC DB [options]",
      "One folder a class: the sorted names of SRC's folders are the labels. "
      "With --val or\n--test, or when SRC holds train/ and val/ already, DB "
      "becomes a folder of train.lmdb,\nval.lmdb, test.lmdb; else DB is the "
      "database. Every file is decoded before it is taken;\nwhat is refused is "
      "listed in DB/import_report.txt.");
  line.positional("SRC", &a.source, true)
      .positional("DB", &a.options.output, true);
  return add_common(line, a).parse(words);
}

bool parse_list(const std::vector<std::string>& words, ImportArguments& a) {
  CommandLine line(
      "import list LIST DB [options]",
      "LIST has a picture a line: its path, a blank, its label (a number, or a "
      "name from\n--names). Databases and report as with import folder.");
  line.positional("LIST", &a.source, true)
      .positional("DB", &a.options.output, true)
      .value("root", &a.root, "folder of the paths; else the list's own")
      .value("names", &a.names, "text file of class names, one a line");
  return add_common(line, a).parse(words);
}

/// "3 x 16-bit to 8, 2 turned by EXIF".
std::string describe(const Conversions& c) {
  std::string text;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count > 0) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    }
  };
  add(c.sixteen_bit, "scaled from 16 to 8 bits");
  add(c.cmyk, "from CMYK to RGB");
  add(c.turned, "turned by EXIF");
  add(c.gray, "gray in a colour set");
  add(c.colour, "colour in a gray set");
  add(c.alpha, "without their transparency");
  add(c.palette, "from a palette");
  return text;
}

std::string report_text(const ImportReport& report) {
  std::string text = fmt::format(
      "{} files read, {} written, {} refused\n",
      report.read,
      report.written,
      report.refused.size());
  for (const ImportedPart& part : report.parts) {
    text +=
        fmt::format("\n{}: {} pictures\n", part.database, part.facts.records);
    const auto counts = part.facts.class_counts();
    for (std::size_t c = 0; c < counts.size(); ++c) {
      text += fmt::format(
          "  {:>7}  {}\n", counts[c], part.facts.name_of(static_cast<int>(c)));
    }
  }
  if (const std::string changes = describe(report.conversions);
      !changes.empty()) {
    text += "\nconverted: " + changes + "\n";
  }
  for (const std::string& warning : report.warnings) {
    text += "warning: " + warning + "\n";
  }
  for (const Refusal& refusal : report.refused) {
    text += fmt::format("refused: {}: {}\n", refusal.name, refusal.reason);
  }
  return text;
}

nlohmann::ordered_json report_json(const ImportReport& report) {
  nlohmann::ordered_json json{
      {"read", report.read},
      {"written", report.written},
      {"class_names", report.class_names},
      {"warnings", report.warnings},
      {"refused", nlohmann::ordered_json::array()}};
  for (const Refusal& refusal : report.refused) {
    json["refused"].push_back(
        {{"name", refusal.name}, {"reason", refusal.reason}});
  }
  for (const ImportedPart& part : report.parts) {
    json["databases"].push_back(
        {{"path", part.database},
         {"records", part.facts.records},
         {"fingerprint", part.facts.fingerprint},
         {"class_counts", part.facts.class_counts()}});
  }
  return json;
}

/// On the screen a long list of refused files is cut; the file has all.
void show(const ImportReport& report, const std::string& file) {
  constexpr std::size_t kShown = 10;
  ImportReport shown = report;
  if (shown.refused.size() > kShown) {
    shown.refused.resize(kShown);
  }
  fmt::print("{}", report_text(shown));
  if (report.refused.size() > kShown) {
    fmt::print("... and {} more refused\n", report.refused.size() - kShown);
  }
  fmt::print("report: {}\n", file);
}

ExitCode import(ImportArguments& a, bool from_list) {
  complete(a);
  Log log(true, terminal_columns());
  std::optional<Progress> bar;
  const OnImportProgress progress = [&](const ImportProgress& p) {
    if (!bar) {
      bar.emplace(log, "importing", static_cast<std::int64_t>(p.all));
    }
    bar->update(
        static_cast<std::int64_t>(p.done),
        fmt::format("{} refused", p.refused));
  };
  const ImportReport report =
      from_list ? import_list({a.source, a.root, a.names}, a.options, progress)
                : import_folder(a.source, a.options, progress);
  log.clear_bar();
  const auto file =
      std::filesystem::path(a.options.output) / "import_report.txt";
  write_atomically(file, report_text(report));
  if (a.json) {
    fmt::print("{}\n", json_line(report_json(report)));
  } else {
    show(report, file.string());
  }
  return ExitCode::done;
}

constexpr const char* kUsage =
    "Usage: convoy import folder SRC DB [options]\n"
    "       convoy import list LIST DB [options]\n\n"
    "Turns JPEG and PNG files into an LMDB database that convoy and Caffe "
    "read.\n"
    "`convoy import folder --help` and `convoy import list --help` tell "
    "more.\n";

}  // namespace

ExitCode run_import(Invocation& invocation) {
  const auto& words = invocation.arguments;
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    fmt::print("{}", kUsage);
    return words.empty() ? ExitCode::command_line : ExitCode::done;
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  ImportArguments a;
  if (words[0] == "folder") {
    return parse_folder(rest, a) ? import(a, false) : ExitCode::done;
  }
  if (words[0] == "list") {
    return parse_list(rest, a) ? import(a, true) : ExitCode::done;
  }
  throw UsageError(fmt::format(
      "import wants folder or list, got \"{}\"; see convoy import --help",
      words[0]));
}

}  // namespace convoy
