#pragma once
// What an import is about to read: files with labels, before any is opened.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/importers/options.h"
#include "data/split.h"

namespace convoy {

struct PictureSource;

struct Source {
  std::string file;  ///< to open
  std::string
      name;  ///< below the source folder, with '/'; for keys, splits, reports
  int label = 0;
  Split split = Split::train;
  std::string group = {};  ///< with GroupBy::file, what is split as one; empty:
                           ///< this picture
};

/// A file, folder or line that was not imported, and why.
struct Refusal {
  std::string name;
  std::string reason;
};

struct ImportPlan {
  std::vector<std::string> class_names;  ///< by label; empty when unknown
  std::vector<Source> sources;
  std::vector<Refusal> refused;
  /// Class folders without a file; with one of them nothing is imported.
  std::vector<Refusal> hollow;
  std::map<std::string, std::string> made_by;

  bool has(Split split) const;
};

/// Class per sub-folder: sorted names are the labels, pictures lie at any depth
/// below. Names that begin with a dot are skipped; links are followed, but
/// never in a circle. A folder that holds train/ and val/ (or valid/,
/// validation/) or test/ alone, with the classes below, is taken as split
/// already; a class counts when it is in one of them. Throws MissingInput when
/// there is no such folder, BadData when it has no classes.
ImportPlan plan_folder(const std::string& folder);

struct ListOptions {
  std::string list;    ///< text file, a picture a line: path, blank, label
  std::string root{};  ///< folder of its paths; empty = the list's own folder
  std::string
      names{};  ///< text file, a class name a line; empty = labels are numbers
};

/// A line's path is the text up to the last blank (so it may hold blanks); the
/// label is a number, or one of the names. A path that climbs with `..` is
/// refused; an absolute one is taken as it is. Throws MissingInput (for the
/// root too), or BadData with file and line.
ImportPlan plan_list(const ListOptions& options);

/// What `source` names of `from`. Throws BadData when that is nothing, or a row
/// lacks its path or label, and what the source throws.
ImportPlan plan_rows(const PictureSource& source, const std::string& from);

/// Throws BadData when a class can't have this name, which is a line of
/// labels.txt.
void check_class_name(const std::string& name);

/// Why a path that a file names is not to be opened, if so.
std::optional<std::string> reason_to_refuse(const std::string& path);

/// Throws BadData when a fraction makes no sense or the pattern can't be
/// understood.
void check_split(const SplitOptions& options);

/// Moves sources of the training part to the others by hash. Throws BadData as
/// check_split does, and when a part is there already or the pattern does not
/// match.
void assign_splits(const SplitOptions& options, ImportPlan& plan);

/// Puts sources into a keyed random order that does not depend on what else is
/// there.
void shuffle_sources(std::uint64_t seed, std::vector<Source>& sources);

}  // namespace convoy
