#include "data/importers/import.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/errors.h"
#include "data/importers/convert.h"
#include "data/importers/observations.h"
#include "data/importers/ordered.h"
#include "data/importers/parts.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

void check_options(const ImportOptions& options) {
  if (options.output.empty()) {
    throw BadData("the import has no output: name the database to write");
  }
  if (options.resize != ResizeMode::none &&
      (options.height <= 0 || options.width <= 0)) {
    throw BadData(fmt::format(
        "resize mode {} needs a target size; height and width are {} x {}",
        names(options.resize)[static_cast<std::size_t>(options.resize)],
        options.height,
        options.width));
  }
  if (options.jpeg_quality < 1 || options.jpeg_quality > 100) {
    throw BadData(fmt::format(
        "the JPEG quality is {}; wanted: 1 to 100", options.jpeg_quality));
  }
}

// Every class that has files must have a picture among them, or its number
// would be a class that nothing belongs to.
void check_classes(
    const ImportPlan& plan,
    const std::vector<std::uint64_t>& written,
    const std::vector<Refusal>& refused) {
  for (const Source& source : plan.sources) {
    if (written[static_cast<std::size_t>(source.label)] == 0) {
      const auto why = std::find_if(
          refused.begin(), refused.end(), [&](const Refusal& refusal) {
            return refusal.name == source.name;
          });
      throw BadData(fmt::format(
          "no picture of {} could be read; {}: {}",
          plan.class_names.empty()
              ? fmt::format("class {}", source.label)
              : fmt::format("class '{}'", plan.class_names[source.label]),
          printable(source.name),
          why == refused.end() ? "refused" : why->reason));
    }
  }
}

class Import {
 public:
  Import(
      const ImportPlan& plan,
      const ImportOptions& options,
      const OnImportProgress& progress)
      : plan_(plan),
        options_(options),
        progress_(progress),
        parts_(plan, options),
        observations_(options.gray) {
    report_.refused = plan.refused;
    report_.class_names = plan.class_names;
    for (const Source& source : plan.sources) {
      const auto classes = static_cast<std::size_t>(source.label) + 1;
      written_.resize(std::max(written_.size(), classes));
    }
  }

  ImportReport run() {
    const int workers = worker_count(options_.workers);
    std::vector<Converter> converters;
    for (int worker = 0; worker < workers; ++worker) {
      converters.emplace_back(options_);
    }
    for_each_in_order(
        plan_.sources.size(),
        workers,
        [&](int worker, std::size_t index) {
          return converters[worker].convert(plan_.sources[index]);
        },
        [&](std::size_t index, Converted picture) {
          take(plan_.sources[index], picture);
          if (progress_) {
            progress_(
                {index + 1, plan_.sources.size(), report_.refused.size()});
          }
        });
    check_classes(plan_, written_, report_.refused);
    report_.parts = parts_.finish();
    observations_.conclude(report_);
    return std::move(report_);
  }

 private:
  void take(const Source& source, Converted& picture) {
    ++report_.read;
    if (!picture.refused.empty()) {
      if (options_.strict) {
        throw BadData(fmt::format(
            "{} can't be imported: {}", source.file, picture.refused));
      }
      report_.refused.push_back({source.name, picture.refused});
      parts_.skip(source);
      return;
    }
    parts_.add(source, picture);
    observations_.take(source, picture);
    ++written_[static_cast<std::size_t>(source.label)];
    ++report_.written;
  }

  const ImportPlan& plan_;
  const ImportOptions& options_;
  const OnImportProgress& progress_;
  Parts parts_;
  Observations observations_;
  ImportReport report_;
  std::vector<std::uint64_t> written_;  // by label
};

}  // namespace

ImportReport import_plan(
    ImportPlan plan,
    const ImportOptions& options,
    const OnImportProgress& progress) {
  check_options(options);
  assign_splits(options.split, plan);
  if (options.shuffle) {
    shuffle_sources(options.seed, plan.sources);
  }
  return Import(plan, options, progress).run();
}

ImportReport import_folder(
    const std::string& folder,
    const ImportOptions& options,
    const OnImportProgress& progress) {
  return import_plan(plan_folder(folder), options, progress);
}

ImportReport import_list(
    const ListOptions& list,
    const ImportOptions& options,
    const OnImportProgress& progress) {
  return import_plan(plan_list(list), options, progress);
}

}  // namespace convoy
