#include "data/importers/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "data/errors.h"
#include "data/importers/provenance.h"

namespace convoy {
namespace {

// The key that Caffe gives: a running number, an underscore, the path. LMDB
// takes 511 bytes; of a longer path the end is kept, since the number alone
// makes it unique.
std::string key_of(std::size_t index, std::size_t all, std::string_view name) {
  constexpr std::size_t kMaxKey = 511;
  const std::size_t digits =
      std::max<std::size_t>(8, std::to_string(all).size());
  std::string key = fmt::format("{:0{}}_", index, digits);
  key += name.substr(name.size() - std::min(name.size(), kMaxKey - key.size()));
  return key;
}

std::map<std::string, std::string> recorded(
    const ImportPlan& plan, const ImportOptions& options, Split split) {
  auto made_by = plan.made_by;
  made_by["part"] = name_of(split);
  made_by.merge(describe_pictures(options));
  made_by["shuffle"] =
      options.shuffle ? fmt::format("seed {}", options.seed) : "false";
  made_by["split"] = fmt::format(
      "val {}, test {}, by {}{}{}, seed {}",
      options.split.val,
      options.split.test,
      names(options.split
                .group_by)[static_cast<std::size_t>(options.split.group_by)],
      options.split.group_pattern.empty() ? "" : " ",
      options.split.group_pattern,
      options.split.seed);
  return made_by;
}

/// Several parts become databases in the folder `output`, which may not be a
/// database itself.
void refuse_database(const std::string& output) {
  const auto path = std::filesystem::absolute(output);
  if (std::filesystem::exists(path / "data.mdb")) {
    throw WriteFailure(fmt::format(
        "{} is a database, and several parts want a folder of databases there; "
        "choose another name",
        path.string()));
  }
}

}  // namespace

Parts::Parts(const ImportPlan& plan, const ImportOptions& options)
    : plan_(plan), options_(options) {
  const bool several = plan.has(Split::val) || plan.has(Split::test) ||
                       options.split.val + options.split.test > 0;
  if (several) {
    refuse_database(options.output);
  }
  for (const Source& source : plan.sources) {
    ++part(source.split).all;
  }
  for (const Split split : kSplits) {
    if (part(split).all > 0) {
      const std::filesystem::path output(options.output);
      const auto path =
          several ? output / fmt::format("{}.lmdb", name_of(split)) : output;
      part(split).writer.emplace(
          path.string(), WriterOptions{.overwrite = options.overwrite});
    }
  }
}

void Parts::add(const Source& source, Converted& picture) {
  Part& to = part(source.split);
  picture.datum.data = picture.payload;
  picture.datum.segments = picture.segments;
  to.writer->add(key_of(to.next++, to.all, source.name), picture.datum);
}

void Parts::skip(const Source& source) {
  ++part(source.split).next;
}

std::vector<ImportedPart> Parts::finish() {
  std::vector<ImportedPart> finished;
  for (const Split split : kSplits) {
    if (auto& writer = part(split).writer) {
      finished.push_back(
          {split,
           writer->path(),
           writer->complete(
               {plan_.class_names, recorded(plan_, options_, split)})});
    }
  }
  // Only when all are complete; train last, so that it is not there alone.
  for (auto each = finished.rbegin(); each != finished.rend(); ++each) {
    part(each->split).writer->publish();
  }
  return finished;
}

}  // namespace convoy
