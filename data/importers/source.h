#pragma once
// Sources of pictures that a program of one's own adds to `convoy import`,
// beside folders and lists. docs/extending.md shows one.

#include <functional>
#include <string>
#include <vector>

namespace convoy {

/// A picture that a source names.
struct PictureRow {
  /// Of the file: absolute, or below what was imported (below its folder when
  /// that is a file). One that climbs with `..` is refused.
  std::string path;
  std::string label;  ///< the class name; sorted names are the labels
  /// Rows of one group are on one side of a split, unless --group says
  /// otherwise; empty: the picture is alone.
  std::string group = {};
};

/// `convoy import NAME FROM DB`.
struct PictureSource {
  std::string name;  ///< lower-case letters, digits, underscores
  std::string help;  ///< what FROM is, for --help
  /// All pictures of `from`, which is FROM as the user wrote it. Called once.
  /// Throw BadData or MissingInput (data/errors.h) with a sentence for what
  /// can't be read.
  std::function<std::vector<PictureRow>(const std::string& from)> rows;
};

}  // namespace convoy
