#pragma once
// The parts of a dataset: what is learnt from, tuned on, and kept for the end.

#include <array>
#include <cstddef>
#include <string_view>

namespace convoy {

enum class Split { train, val, test };
constexpr std::array<std::string_view, 3> names(Split) {
  return {"train", "val", "test"};
}
constexpr std::string_view name_of(Split split) {
  return names(split)[static_cast<std::size_t>(split)];
}
inline constexpr std::array kSplits = {Split::train, Split::val, Split::test};

}  // namespace convoy
