#include "nets/weights/safetensors.h"

#include <fmt/format.h>

#include "nets/weights/bytes.h"

namespace convoy {
namespace {

constexpr std::uint64_t kMostSafetensorsHeader = 100'000'000;

at::Tensor copy_place(const SafetensorsPlace& place, std::string_view data) {
  try {
    return copy_tensor(
        {place.type, 0, place.shape, dense_strides(place.shape)},
        data.substr(place.begin, place.end - place.begin));
  } catch (const WeightError& e) {
    throw WeightError(
        fmt::format("its tensor {} {}", in_quotes(place.name), e.what()));
  }
}

}  // namespace

bool is_safetensors(std::string_view file) {
  return file.size() > sizeof(std::uint64_t) &&
         file[sizeof(std::uint64_t)] == '{';
}

Weights read_safetensors(std::string_view file) {
  ByteCursor at(file, "the safetensors file");
  const auto length = at.number<std::uint64_t>();
  if (length > kMostSafetensorsHeader || length > at.left()) {
    throw WeightError(fmt::format(
        "its header would have {} bytes; want at most {} and no more than the "
        "{} that follow: it is cut short, altered or another kind of file",
        length,
        kMostSafetensorsHeader,
        at.left()));
  }
  const std::string_view json = at.take(length);
  const std::string_view data = at.take(at.left());
  SafetensorsHeader header = read_safetensors_header(json, data.size());
  Weights weights;
  weights.format = "safetensors";
  weights.metadata = std::move(header.metadata);
  for (const SafetensorsPlace& place : header.places) {
    weights.tensors.push_back({place.name, copy_place(place, data)});
  }
  return weights;
}

}  // namespace convoy
