#include "trainer/evaluation/gather.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

namespace convoy {
namespace {

static_assert(std::is_trivially_copyable_v<SampleResult>);

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// Bytes of samples [begin, end) and of their scores, as memory holds them: the
/// ranks of a job run one build.
std::string pack(const Predictions& from, std::size_t begin, std::size_t end) {
  const auto* samples =
      reinterpret_cast<const char*>(from.samples.data() + begin);
  std::string bytes(samples, (end - begin) * sizeof(SampleResult));
  if (!from.log_probabilities.empty()) {
    const auto classes = static_cast<std::size_t>(from.classes);
    const auto* scores = reinterpret_cast<const char*>(
        from.log_probabilities.data() + begin * classes);
    bytes.append(scores, (end - begin) * classes * sizeof(float));
  }
  return bytes;
}

/// Where each sample of the dataset stands among those that were seen.
std::vector<std::size_t> places(std::span<const std::int64_t> seen) {
  std::vector<std::size_t> place(seen.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    place[i] = next;
    next += seen[i] != 0 ? 1 : 0;
  }
  return place;
}

/// Puts what pack() made in its places.
void unpack(
    const std::string& bytes,
    std::size_t scores_of_sample,
    const std::vector<std::size_t>& place,
    Predictions& into) {
  const std::size_t row_bytes = scores_of_sample * sizeof(float);
  const std::size_t count = bytes.size() / (sizeof(SampleResult) + row_bytes);
  const char* rows = bytes.data() + count * sizeof(SampleResult);
  for (std::size_t i = 0; i < count; ++i) {
    SampleResult sample;
    std::memcpy(&sample, bytes.data() + i * sizeof sample, sizeof sample);
    const std::size_t at = place[sample.index];
    into.samples[at] = sample;
    if (row_bytes > 0) {
      std::memcpy(
          into.log_probabilities.data() + at * scores_of_sample,
          rows + i * row_bytes,
          row_bytes);
    }
  }
}

}  // namespace

Predictions gather_predictions(
    Control& control,
    const Predictions& mine,
    Keep keep,
    std::span<const std::int64_t> seen) {
  const std::size_t scores =
      keep == Keep::scores ? static_cast<std::size_t>(mine.classes) : 0;
  const std::size_t piece = std::max<std::size_t>(
      1, kPieceBytes / (sizeof(SampleResult) + scores * sizeof(float)));
  auto rounds = static_cast<std::int64_t>((mine.size() + piece - 1) / piece);
  control.all_reduce(std::span(&rounds, 1), ReduceOp::max);

  Predictions all;
  all.classes = mine.classes;
  const std::vector<std::size_t> place = places(seen);
  if (control.rank() == 0) {
    const auto count = static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [](auto s) { return s != 0; }));
    all.samples.resize(count);
    all.log_probabilities.resize(count * scores);
  }
  for (std::int64_t round = 0; round < rounds; ++round) {
    const std::size_t begin = std::min(mine.size(), round * piece);
    const std::size_t end = std::min(mine.size(), begin + piece);
    for (const std::string& part : control.all_gather(pack(mine, begin, end))) {
      if (control.rank() == 0) {
        unpack(part, scores, place, all);
      }
    }
  }
  return all;
}

}  // namespace convoy
