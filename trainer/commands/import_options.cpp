#include "trainer/commands/import_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

#include "data/errors.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

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

}  // namespace

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

CommandLine& add_import_options(CommandLine& line, ImportArguments& a) {
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
          "file (the file's own pixels where nothing changes), jpeg, png or "
          "raw")
      .value(
          "quality",
          &o.jpeg_quality,
          "of JPEGs that are encoded anew, 1 to 100",
          between(1, 100))
      .flag(
          "keep-bytes",
          &o.keep_bytes,
          "do not write JPEGs anew, without loss, for quicker decoding")
      .flag("gray", &o.gray, "one channel")
      .flag("keep-order", &a.keep_order, "do not shuffle the records")
      .flag("strict", &o.strict, "stop at the first file that can't be used")
      .flag("overwrite", &o.overwrite, "replace a database of that name")
      .value("workers", &o.workers, "threads; 0: all CPUs", between(0, 1024))
      .flag("json", &a.json, "the report on stdout as JSON");
}

}  // namespace convoy
