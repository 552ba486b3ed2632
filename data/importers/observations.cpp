#include "data/importers/observations.h"

#include <fmt/format.h>

#include <algorithm>

namespace convoy {
namespace {

constexpr std::uint64_t kFewPictures = 10;
constexpr std::uint64_t kImbalance = 10;
constexpr std::size_t kNamedClasses = 10;  // in one warning

// "1 picture is", "2 pictures are".
std::string pictures_are(std::size_t count) {
  return fmt::format(
      "{} {}", count, count == 1 ? "picture is" : "pictures are");
}

// Asked for of what is not split yet; train gets the rest.
double fraction_of(const SplitOptions& options, Split split) {
  return split == Split::val ? options.val : options.test;
}

// What may be done about a part that got too little.
std::string remedy(const SplitOptions& options, Split split) {
  if (options.val + options.test == 0) {
    return "add pictures";
  }
  if (split == Split::train) {
    return "add pictures, or keep fewer for val and test";
  }
  return fmt::format(
      "add pictures, take a larger fraction than {}, or split them by hand",
      fraction_of(options, split));
}

// A part that was to be there and got nothing, by chance or since all its files
// were refused.
void warn_of_nothing(
    const SplitOptions& options, Split split, ImportReport& report) {
  const auto part = std::find_if(
      report.parts.begin(), report.parts.end(), [&](const ImportedPart& one) {
        return one.split == split;
      });
  const bool there = part != report.parts.end();
  const bool wanted =
      split == Split::train || there || fraction_of(options, split) > 0;
  if (!wanted || (there && part->facts.records > 0)) {
    return;
  }
  report.warnings.push_back(fmt::format(
      "{} has none of the {} pictures: {}",
      name_of(split),
      report.written,
      remedy(options, split)));
}

void warn_of_counts(
    const SplitOptions& options,
    const ImportedPart& part,
    ImportReport& report) {
  const auto counts = part.facts.class_counts();
  const bool train = part.split == Split::train;
  std::string some;
  std::size_t few_classes = 0;
  for (std::size_t label = 0; label < counts.size(); ++label) {
    if (counts[label] >= (train ? kFewPictures : 1)) {
      continue;
    }
    if (++few_classes <= kNamedClasses) {
      some += fmt::format(
          "{}{} ({} of {})",
          few_classes > 1 ? ", " : "",
          part.facts.name_of(static_cast<int>(label)),
          counts[label],
          label < report.classes.size() ? report.classes[label].usable : 0);
    }
  }
  if (few_classes > 0) {
    report.warnings.push_back(fmt::format(
        "{} of {} classes have {} pictures in {}: {}{}; {}",
        few_classes,
        counts.size(),
        train ? fmt::format("fewer than {}", kFewPictures) : "no",
        name_of(part.split),
        some,
        few_classes > kNamedClasses ? ", ..." : "",
        remedy(options, part.split)));
  }
}

void warn_of_imbalance(const ImportedPart& part, ImportReport& report) {
  const auto counts = part.facts.class_counts();
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  if (part.split != Split::train || counts.empty() || *least == 0 ||
      *most <= kImbalance * *least) {
    return;
  }
  report.warnings.push_back(fmt::format(
      "the classes are out of balance: {} has {} pictures, {} has {}",
      part.facts.name_of(static_cast<int>(most - counts.begin())),
      *most,
      part.facts.name_of(static_cast<int>(least - counts.begin())),
      *least));
}

// `found` counts the groups of equal files, `example` is one of them.
void warn_of_duplicates(
    std::size_t found,
    const Duplicates* example,
    std::string_view where,
    ImportReport& report) {
  if (found > 0) {
    report.warnings.push_back(fmt::format(
        "{} there more than once {}, such as {} = {}",
        pictures_are(found),
        where,
        example->names[0],
        example->names[1]));
  }
}

}  // namespace

void Observations::take(const Source& source, const Converted& picture) {
  const ImageFacts& image = picture.image;
  const bool stored_gray = image.channels <= 2 && !image.palette;
  conversions_.sixteen_bit += image.bits == 16;
  conversions_.cmyk += image.cmyk;
  conversions_.turned += image.orientation != 1;
  conversions_.gray += stored_gray && !gray_dataset_;
  conversions_.colour += !stored_gray && gray_dataset_;
  conversions_.alpha += image.alpha;
  conversions_.palette += image.palette;
  contents_.push_back({picture.content_hash, contents_.size(), &source});
  Order& order = orders_[static_cast<std::size_t>(source.split)];
  order.descended = order.descended || source.label < order.last;
  order.first = order.first < 0 ? source.label : order.first;
  order.last = source.label;
}

void Observations::find_duplicates(ImportReport& report) {
  std::sort(
      contents_.begin(), contents_.end(), [](const auto& a, const auto& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.order < b.order;
      });
  std::vector<std::pair<std::size_t, Duplicates>> groups;
  for (auto first = contents_.begin(); first != contents_.end();) {
    const auto end = std::find_if(first, contents_.end(), [&](const auto& c) {
      return c.hash != first->hash;
    });
    Duplicates group;
    for (auto one = first; one != end; ++one) {
      group.names.push_back(one->source->name);
      group.across_splits |= one->source->split != first->source->split;
      group.across_classes |= one->source->label != first->source->label;
    }
    if (group.names.size() > 1) {
      groups.emplace_back(first->order, std::move(group));
    }
    first = end;
  }
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  for (auto& [order, group] : groups) {
    report.duplicates.push_back(std::move(group));
  }
}

void Observations::conclude(const SplitOptions& split, ImportReport& report) {
  report.conversions = conversions_;
  find_duplicates(report);
  for (const Split one : kSplits) {
    if (report.failure.empty()) {
      warn_of_nothing(split, one, report);
    }
  }
  for (const ImportedPart& part : report.parts) {
    if (part.facts.records > 0) {
      warn_of_counts(split, part, report);
    }
    warn_of_imbalance(part, report);
    const Order& order = orders_[static_cast<std::size_t>(part.split)];
    if (part.split == Split::train && !order.descended &&
        order.first != order.last) {
      report.warnings.push_back(
          "the records of train are sorted by class; a program that reads them "
          "in order learns badly: shuffle them");
    }
  }
  const auto warn_where = [&](auto chosen, std::string_view where) {
    std::size_t found = 0;
    const Duplicates* example = nullptr;
    for (const Duplicates& group : report.duplicates) {
      if (chosen(group)) {
        example = example ? example : &group;
        ++found;
      }
    }
    warn_of_duplicates(found, example, where, report);
  };
  warn_where(
      [](const Duplicates& group) { return group.across_splits; },
      "in different parts, which makes the evaluation too good");
  warn_where(
      [](const Duplicates& group) { return group.across_classes; },
      "under different labels");
  warn_where(
      [](const Duplicates& group) {
        return !group.across_splits && !group.across_classes;
      },
      "in one class");
}

}  // namespace convoy
