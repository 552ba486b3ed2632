// convoy import: pictures into LMDB databases, with a report of every one.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <limits>
#include <optional>
#include <sstream>

#include "data/errors.h"
#include "data/importers/import.h"
#include "data/store/atomic_file.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/import_report.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

struct ImportArguments {
  std::string source;  ///< folder or list file
  std::string root;
  std::string names;
  std::string resize;
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
  const auto sensible = [](int side) {
    return side >= 1 && side <= kLargestSide;
  };
  if (!words || !words.eof() || by != 'x' || !sensible(options.width) ||
      !sensible(options.height)) {
    throw UsageError(fmt::format(
        "--size {}: want pixels from 1 to {}, such as 256 or 256x192 (width x "
        "height)",
        text,
        kLargestSide));
  }
}

void complete_size(ImportArguments& a) {
  ImportOptions& o = a.options;
  const bool sized = !a.size.empty();
  o.resize = !a.resize.empty() ? choose<ResizeMode>("resize", a.resize)
             : sized           ? ResizeMode::squash
                               : ResizeMode::none;
  if (sized && o.resize == ResizeMode::none) {
    throw UsageError(fmt::format(
        "--resize none and --size {} contradict each other: leave one out",
        a.size));
  }
  if (!sized && o.resize != ResizeMode::none) {
    throw UsageError(
        fmt::format("--resize {} wants --size, such as --size 256", a.resize));
  }
  if (sized) {
    parse_size(a.size, o);
  }
}

void complete_group(ImportArguments& a) {
  SplitOptions& split = a.options.split;
  if (!a.group.empty() && split.val + split.test == 0) {
    throw UsageError(fmt::format(
        "--group {} says what stays together when pictures are split, and they "
        "are not: add --val or --test, such as --val 0.2",
        a.group));
  }
  if (a.group == "folder") {
    split.group_by = GroupBy::folder;
  } else if (!a.group.empty()) {
    split.group_by = GroupBy::pattern;
    split.group_pattern = a.group;
  }
}

void complete(ImportArguments& a) {
  a.options.store_as = choose<StoreAs>("store", a.store_as);
  a.options.shuffle = !a.keep_order;
  complete_size(a);
  complete_group(a);
  try {
    check_options(a.options);
  } catch (const BadData& error) {
    throw UsageError(error.what());
  }
}

CommandLine& add_common(CommandLine& line, ImportArguments& a) {
  ImportOptions& o = a.options;
  return line
      .value("val", &o.split.val, "fraction kept for validation", between(0, 1))
      .value("test", &o.split.test, "fraction kept for testing", between(0, 1))
      .value(
          "group",
          &a.group,
          "pictures that stay on one side of the split: `folder` (the folder "
          "below the class), or a regular expression whose first capture names "
          "the group")
      .value(
          "resize",
          &a.resize,
          "none, squash, crop, fill or half_crop; squash with --size")
      .value("size", &a.size, "pixels: 256, or 256x192 (width x height)")
      .value(
          "store",
          &a.store_as,
          "file (the file's bytes where nothing changes), jpeg, png or raw")
      .value(
          "quality",
          &o.jpeg_quality,
          "of JPEGs that are encoded anew, 1 to 100",
          between(1, 100))
      .flag("gray", &o.gray, "one channel")
      .flag("keep-order", &a.keep_order, "do not shuffle the records")
      .flag("strict", &o.strict, "stop at the first file that can't be used")
      .flag("overwrite", &o.overwrite, "replace a database of that name")
      .value("workers", &o.workers, "threads; 0: all CPUs", between(0, 1024))
      .flag("json", &a.json, "the report on stdout as JSON");
}

bool parse_folder(const std::vector<std::string>& words, ImportArguments& a) {
  CommandLine line(
      "import folder SRC DB [options]",
      "One folder a class: the sorted names of SRC's folders are the labels. "
      "With --val or\n--test, or when SRC holds train/ and val/ already, DB "
      "becomes a folder of train.lmdb,\nval.lmdb, test.lmdb; else DB is the "
      "database. Every file is decoded before it is taken;\nwhat is refused is "
      "listed in DB/import_report.txt (beside DB when a class is left "
      "without pictures).");
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

/// Prints the report, and keeps it in `file`: there the lists are whole.
void publish(
    const ImportReport& report,
    const std::filesystem::path& file,
    bool as_json) {
  constexpr std::size_t kShown = 10;
  constexpr auto kAll = std::numeric_limits<std::size_t>::max();
  // A failure is told on stderr; alone it needs no list.
  const bool told = !report.failure.empty() && report.refused.size() == 1;
  if (as_json) {
    fmt::print("{}\n", report_json(report));
  } else if (!told) {
    fmt::print("{}", report_text(report, kShown));
  }
  write_atomically(
      file,
      (report.failure.empty() ? "" : "failed: " + report.failure + "\n") +
          report_text(report, kAll));
  if (!as_json) {
    fmt::print("report: {}\n", file.string());
  }
}

/// Of an import that failed: beside what it was to write, which is not there.
std::filesystem::path file_of_failure(const std::string& output) {
  auto path = std::filesystem::absolute(output).lexically_normal();
  if (!path.has_filename()) {
    path = path.parent_path();  // of "DB/"
  }
  path += ".import_report.txt";
  return path;
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
  const std::filesystem::path output(a.options.output);
  const auto failure = file_of_failure(a.options.output);
  std::error_code ignored;
  try {
    const ImportReport report =
        from_list
            ? import_list({a.source, a.root, a.names}, a.options, progress)
            : import_folder(a.source, a.options, progress);
    log.clear_bar();
    std::filesystem::remove(failure, ignored);  // of an earlier try
    publish(report, output / "import_report.txt", a.json);
  } catch (const ClassWithoutPictures& failed) {
    log.clear_bar();
    std::filesystem::create_directories(failure.parent_path(), ignored);
    try {
      publish(failed.report, failure, a.json);
    } catch (const WriteFailure& e) {
      log.warn(e.what());
    }
    throw;
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
