#include "trainer/evaluation/predictions.h"

#include <fmt/format.h>

#include "data/errors.h"
#include "data/loader/batch.h"

namespace convoy {

Predictions judge_batch(
    const at::Tensor& ids,
    const at::Tensor& labels,
    const at::Tensor& log_probabilities) {
  const at::Tensor scores = log_probabilities.contiguous();
  Predictions judged;
  judged.classes = scores.size(1);
  for (std::int64_t i = 0; i < scores.size(0); ++i) {
    const auto label = labels.const_data_ptr<std::int64_t>()[i];
    if (label == kNoLabel) {
      continue;
    }
    const auto id = ids.const_data_ptr<std::int64_t>()[i];
    if (label < 0 || label >= judged.classes) {
      throw BadData(fmt::format(
          "sample {} has the label {}, and the network knows the classes 0..{}",
          id,
          label,
          judged.classes - 1));
    }
    const std::span row(
        scores.const_data_ptr<float>() + i * judged.classes,
        static_cast<std::size_t>(judged.classes));
    judged.samples.push_back(judge(id, label, row));
    judged.log_probabilities.insert(
        judged.log_probabilities.end(), row.begin(), row.end());
  }
  return judged;
}

void reserve(std::uint64_t samples, Keep keep, Predictions& into) {
  if (keep != Keep::nothing) {
    into.samples.reserve(samples);
  }
  if (keep == Keep::scores) {
    into.log_probabilities.reserve(samples * into.classes);
  }
}

void append(const Predictions& from, Keep keep, Predictions& into) {
  into.classes = from.classes;
  if (keep != Keep::nothing) {
    into.samples.insert(
        into.samples.end(), from.samples.begin(), from.samples.end());
  }
  if (keep == Keep::scores) {
    into.log_probabilities.insert(
        into.log_probabilities.end(),
        from.log_probabilities.begin(),
        from.log_probabilities.end());
  }
}

}  // namespace convoy
