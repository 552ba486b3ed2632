#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nets/weights/bytes.h"
#include "nets/weights/new_file.h"
#include "nets/weights/plain_tensors.h"
#include "nets/weights/tensor_names.h"
#include "nets/weights/weights.h"

namespace convoy {
namespace {

/// In the order in which each tensor is aligned to its elements when all follow
/// each other from an aligned place on.
std::vector<NamedTensor> by_element_size(std::vector<NamedTensor> tensors) {
  std::stable_sort(
      tensors.begin(),
      tensors.end(),
      [](const NamedTensor& a, const NamedTensor& b) {
        return a.tensor.itemsize() > b.tensor.itemsize();
      });
  return tensors;
}

constexpr const char* kMetadataName = "__metadata__";

nlohmann::ordered_json describe_tensors(
    const std::vector<NamedTensor>& tensors,
    const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header;
  header[kMetadataName] = metadata;
  header[kMetadataName].emplace("format", "pt");
  std::uint64_t offset = 0;
  for (const NamedTensor& entry : tensors) {
    const std::uint64_t end = offset + entry.tensor.nbytes();
    header[entry.name] = {
        {"dtype", type_to_write(entry).safetensors},
        {"shape", entry.tensor.sizes().vec()},
        {"data_offsets", {offset, end}}};
    offset = end;
  }
  return header;
}

/// Padded so that the data begin aligned.
std::string make_safetensors_header(
    const std::vector<NamedTensor>& tensors,
    const std::map<std::string, std::string>& metadata) {
  constexpr std::size_t kAlignment = 8;
  std::string text;
  try {
    text = describe_tensors(tensors, metadata).dump();
  } catch (const nlohmann::json::exception& e) {
    throw WeightError(fmt::format("the metadata are no text: {}", e.what()));
  }
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  return text;
}

void check_what_to_write(const std::vector<NamedTensor>& tensors) {
  check_tensor_names(tensors);
  for (const NamedTensor& entry : tensors) {
    type_to_write(entry);
    if (entry.name == kMetadataName) {
      throw WeightError(fmt::format(
          "a tensor is named {}, which the format keeps for itself",
          in_quotes(entry.name)));
    }
  }
}

}  // namespace

void write_safetensors(
    const std::filesystem::path& path,
    const std::vector<NamedTensor>& tensors,
    const std::map<std::string, std::string>& metadata) {
  check_what_to_write(tensors);
  const std::vector<NamedTensor> sorted = by_element_size(tensors);
  const std::string header = make_safetensors_header(sorted, metadata);
  std::string length;
  append_number<std::uint64_t>(length, header.size());
  NewFile file(path);
  file.append(length);
  file.append(header);
  for (const NamedTensor& entry : sorted) {
    file.append(bytes_of_plain(plain_tensor(entry.tensor)));
  }
  file.finish();
}

}  // namespace convoy
