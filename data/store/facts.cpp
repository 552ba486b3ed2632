#include "data/store/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/errors.h"
#include "data/image/decode.h"
#include "data/store/hash.h"

namespace convoy {

void Range::take(int value) {
  min = min == 0 ? value : std::min(min, value);
  max = std::max(max, value);
}

std::uint64_t DatasetFacts::classes() const {
  const std::int64_t last =
      label_counts.empty() ? -1 : label_counts.rbegin()->first;
  return std::max<std::uint64_t>(
      class_names.size(),
      static_cast<std::uint64_t>(std::max<std::int64_t>(last + 1, 0)));
}

std::vector<std::uint64_t> DatasetFacts::class_counts() const {
  constexpr std::uint64_t kMostClasses = std::uint64_t{1} << 24;
  if (classes() > kMostClasses) {
    throw BadData(fmt::format(
        "the label {} is too great for a class; labels from 0 to {} can be "
        "counted",
        label_counts.rbegin()->first,
        kMostClasses - 1));
  }
  std::vector<std::uint64_t> counts(classes());
  for (const auto& [label, count] : label_counts) {
    if (label >= 0) {
      counts[static_cast<std::size_t>(label)] = count;
    }
  }
  return counts;
}

std::string DatasetFacts::name_of(int label) const {
  const bool named =
      label >= 0 && static_cast<std::size_t>(label) < class_names.size();
  return named ? class_names[static_cast<std::size_t>(label)]
               : fmt::format("class {}", label);
}

void FactsCollector::add(std::string_view key, const Datum& datum) {
  int height = datum.height;
  int width = datum.width;
  int channels = datum.channels;
  if (datum.encoded && (height <= 0 || width <= 0)) {
    const ImageFacts image = probe(datum.data);
    height = image.upright_height();
    width = image.upright_width();
    channels = image.channels <= 2 && !image.palette ? 1 : 3;
  }
  ++facts_.records;
  ++facts_.label_counts[datum.label];
  facts_.unlabelled += datum.has_label ? 0 : 1;
  facts_.height.take(height);
  facts_.width.take(width);
  facts_.channels.take(channels);
  facts_.encoded += datum.encoded ? 1 : 0;
  facts_.raw += !datum.encoded && !datum.data.empty() ? 1 : 0;
  facts_.floats += !datum.encoded && datum.data.empty() ? 1 : 0;
  facts_.checksums += datum.checksum ? 1 : 0;
  facts_.in_parts += datum.segments.empty() ? 0 : 1;
  facts_.payload_bytes +=
      datum.data.size() + datum.float_data.size() * sizeof(float);
  sum_ += hash64(key, content_hash(datum));
}

DatasetFacts FactsCollector::facts() const {
  DatasetFacts facts = facts_;
  facts.fingerprint = hex64(hash64(std::to_string(facts.records), sum_));
  return facts;
}

}  // namespace convoy
