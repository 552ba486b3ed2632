// convoy import: pictures into LMDB databases, with a report of every one.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <optional>

#include "data/errors.h"
#include "data/importers/import.h"
#include "data/importers/source.h"
#include "data/store/atomic_file.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/import_options.h"
#include "trainer/commands/import_report.h"
#include "trainer/extensions.h"
#include "trainer/report/log.h"
#include "trainer/report/progress.h"
#include "trainer/report/terminal.h"

namespace convoy {
namespace {

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
  return add_import_options(line, a).parse(words);
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
  return add_import_options(line, a).parse(words);
}

bool parse_extension(
    const PictureSource& source,
    const std::vector<std::string>& words,
    ImportArguments& a) {
  CommandLine line(
      fmt::format("import {} FROM DB [options]", source.name),
      source.help +
          "\nDatabases and report as with import folder. A split keeps the "
          "source's groups together,\nunless --group names others.");
  line.positional("FROM", &a.source, true)
      .positional("DB", &a.options.output, true);
  return add_import_options(line, a).parse(words);
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

using ReadSource = std::function<ImportReport(const OnImportProgress&)>;

ExitCode import(ImportArguments& a, const ReadSource& read) {
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
    const ImportReport report = read(progress);
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

ExitCode import_from_folder(const std::vector<std::string>& words) {
  ImportArguments a;
  if (!parse_folder(words, a)) {
    return ExitCode::done;
  }
  return import(a, [&](const OnImportProgress& progress) {
    return import_folder(a.source, a.options, progress);
  });
}

ExitCode import_from_list(const std::vector<std::string>& words) {
  ImportArguments a;
  if (!parse_list(words, a)) {
    return ExitCode::done;
  }
  return import(a, [&](const OnImportProgress& progress) {
    return import_list({a.source, a.root, a.names}, a.options, progress);
  });
}

ExitCode import_from_extension(
    const PictureSource& source, const std::vector<std::string>& words) {
  ImportArguments a;
  if (!parse_extension(source, words, a)) {
    return ExitCode::done;
  }
  return import(a, [&](const OnImportProgress& progress) {
    return import_rows(source, a.source, a.options, progress);
  });
}

std::string import_help(const std::vector<PictureSource>& sources) {
  std::string usage =
      "Usage: convoy import folder SRC DB [options]\n"
      "       convoy import list LIST DB [options]\n";
  for (const PictureSource& source : sources) {
    usage +=
        fmt::format("       convoy import {} FROM DB [options]\n", source.name);
  }
  return usage +
         "\nTurns JPEG and PNG files into an LMDB database that convoy and "
         "Caffe read.\n"
         "`convoy import folder --help` and `convoy import list --help` tell "
         "more.\n";
}

}  // namespace

ExitCode run_import(Invocation& invocation) {
  const auto& words = invocation.arguments;
  const auto& sources = invocation.extensions.sources;
  if (words.empty() || words[0] == "--help" || words[0] == "-h") {
    fmt::print("{}", import_help(sources));
    return words.empty() ? ExitCode::command_line : ExitCode::done;
  }
  const std::vector<std::string> rest(words.begin() + 1, words.end());
  if (words[0] == "folder") {
    return import_from_folder(rest);
  }
  if (words[0] == "list") {
    return import_from_list(rest);
  }
  std::vector<std::string> known{"folder"};
  for (const PictureSource& source : sources) {
    if (words[0] == source.name) {
      return import_from_extension(source, rest);
    }
    known.push_back(source.name);
  }
  throw UsageError(fmt::format(
      "import wants {} or list, got \"{}\"; see convoy import --help",
      fmt::join(known, ", "),
      words[0]));
}

}  // namespace convoy
