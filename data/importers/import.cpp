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

// "class 'bus'", or "class 3" without names.
std::string name_of_class(const ImportReport& report, std::size_t label) {
  return label < report.class_names.size()
             ? fmt::format("class '{}'", printable(report.class_names[label]))
             : fmt::format("class {}", label);
}

// Every class that has files must have a picture among them, or its number
// would be a class that nothing belongs to. Says what is wrong, else nothing.
std::string classes_without_pictures(
    const ImportPlan& plan, const ImportReport& report) {
  const auto is_bare = [](const ClassCounts& counts) {
    return counts.files > 0 && counts.usable == 0;
  };
  const auto first =
      std::find_if(report.classes.begin(), report.classes.end(), is_bare);
  if (first == report.classes.end()) {
    return "";
  }
  const auto others = std::count_if(first + 1, report.classes.end(), is_bare);
  const auto label = static_cast<int>(first - report.classes.begin());
  const auto example = std::find_if(
      plan.sources.begin(), plan.sources.end(), [&](const Source& source) {
        return source.label == label;
      });
  const auto why = std::find_if(
      report.refused.begin(), report.refused.end(), [&](const Refusal& one) {
        return one.name == example->name;
      });
  return fmt::format(
      "no picture of {}{} could be read, so no database was written; mend the "
      "files or take the class out; {}: {}",
      name_of_class(report, static_cast<std::size_t>(label)),
      others == 0 ? "" : fmt::format(" and {} more", others),
      printable(example->name),
      why == report.refused.end() ? "refused" : why->reason);
}

void refuse_hollow_classes(const ImportPlan& plan) {
  if (plan.hollow.empty()) {
    return;
  }
  ImportReport report;
  report.class_names = plan.class_names;
  report.refused = plan.refused;
  report.refused.insert(
      report.refused.end(), plan.hollow.begin(), plan.hollow.end());
  report.failure = fmt::format(
      "the class '{}' has no pictures: {}{}",
      printable(plan.hollow[0].name),
      plan.hollow[0].reason,
      plan.hollow.size() == 1 ? ""
                              : fmt::format(
                                    " ({} more {} empty)",
                                    plan.hollow.size() - 1,
                                    plan.hollow.size() == 2 ? "is" : "are"));
  throw ClassWithoutPictures(std::move(report));
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
      report_.classes.resize(std::max(report_.classes.size(), classes));
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
    report_.failure = classes_without_pictures(plan_, report_);
    if (!report_.failure.empty()) {
      report_.written = 0;
      observations_.conclude(options_.split, report_);
      throw ClassWithoutPictures(std::move(report_));
    }
    report_.parts = parts_.finish();
    observations_.conclude(options_.split, report_);
    return std::move(report_);
  }

 private:
  void take(const Source& source, Converted& picture) {
    ClassCounts& counts =
        report_.classes[static_cast<std::size_t>(source.label)];
    ++report_.read;
    ++counts.files;
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
    ++counts.usable;
    ++report_.written;
  }

  const ImportPlan& plan_;
  const ImportOptions& options_;
  const OnImportProgress& progress_;
  Parts parts_;
  Observations observations_;
  ImportReport report_;
};

}  // namespace

ImportReport import_plan(
    ImportPlan plan,
    const ImportOptions& options,
    const OnImportProgress& progress) {
  check_options(options);
  refuse_hollow_classes(plan);
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

ImportReport import_rows(
    const PictureSource& source,
    const std::string& from,
    const ImportOptions& options,
    const OnImportProgress& progress) {
  return import_plan(plan_rows(source, from), options, progress);
}

}  // namespace convoy
