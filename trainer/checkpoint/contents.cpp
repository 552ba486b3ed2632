#include "trainer/checkpoint/contents.h"

#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "data/errors.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "2";

}  // namespace

std::map<std::string, std::string> to_metadata(const CheckpointFacts& facts) {
  return {
      {"convoy.format", kFormat},
      {"convoy.config", facts.config},
      {"convoy.train_fingerprint", facts.train_fingerprint},
      {"convoy.val_fingerprint", facts.val_fingerprint},
      {"convoy.data_made_by", Json(facts.data_made_by).dump()},
      {"convoy.class_names", Json(facts.class_names).dump()},
      {"convoy.global_batch", std::to_string(facts.global_batch)},
      {"convoy.arithmetic", facts.arithmetic},
      {"convoy.gradient_order", Json(facts.gradient_order).dump()},
      {"convoy.bucket_mb", Json(facts.bucket_mb).dump()},
      {"convoy.version", facts.version},
      {"convoy.state", facts.state.to_json()}};
}

CheckpointFacts facts_of_checkpoint(
    const TensorFile& file, const std::string& source) {
  const auto entry = [&](const char* key) -> const std::string& {
    const auto found = file.metadata.find(key);
    if (found == file.metadata.end()) {
      throw BadData(fmt::format(
          "{} is no checkpoint of convoy: it has no {}", source, key));
    }
    return found->second;
  };
  if (entry("convoy.format") != kFormat) {
    throw BadData(fmt::format(
        "{} has checkpoint format {}, and this convoy knows {}: use the convoy "
        "that wrote it ({})",
        source,
        entry("convoy.format"),
        kFormat,
        entry("convoy.version")));
  }
  const auto number = [&](const char* key) {
    const std::string& text = entry(key);
    std::int32_t value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1) {
      throw BadData(fmt::format("its {} is \"{}\"; want a count", key, text));
    }
    return value;
  };
  CheckpointFacts facts;
  try {
    facts.config = entry("convoy.config");
    facts.train_fingerprint = entry("convoy.train_fingerprint");
    facts.val_fingerprint = entry("convoy.val_fingerprint");
    facts.data_made_by = Json::parse(entry("convoy.data_made_by"))
                             .get<std::map<std::string, std::string>>();
    facts.class_names = Json::parse(entry("convoy.class_names"))
                            .get<std::vector<std::string>>();
    facts.global_batch = number("convoy.global_batch");
    facts.arithmetic = entry("convoy.arithmetic");
    if (file.metadata.contains("convoy.gradient_order")) {
      facts.gradient_order = Json::parse(entry("convoy.gradient_order"))
                                 .get<std::vector<std::string>>();
    }
    if (file.metadata.contains("convoy.bucket_mb")) {
      facts.bucket_mb = Json::parse(entry("convoy.bucket_mb")).get<double>();
    }
    facts.version = entry("convoy.version");
    facts.state = TrainState::from_json(entry("convoy.state"));
  } catch (const nlohmann::json::exception& e) {
    throw BadData(fmt::format(
        "{}: its class names, data_made_by, gradient_order or bucket_mb can't "
        "be "
        "read: {}",
        source,
        e.what()));
  } catch (const BadData& e) {
    throw BadData(fmt::format("{}: {}", source, e.what()));
  }
  return facts;
}

TensorFile broadcast_file(const std::optional<TensorFile>& file, World& world) {
  Json plan;
  if (world.rank() == 0) {
    plan["metadata"] = file->metadata;
    for (const auto& [name, tensor, is_parameter] : file->tensors) {
      plan["tensors"].push_back(
          {name, static_cast<int>(tensor.scalar_type()), tensor.sizes().vec()});
    }
  }
  plan = Json::parse(world.control().broadcast(plan.dump(), 0));
  TensorFile result;
  plan.at("metadata").get_to(result.metadata);
  for (std::size_t i = 0; i < plan["tensors"].size(); ++i) {
    const Json& entry = plan["tensors"][i];
    at::Tensor tensor = world.rank() == 0
                            ? file->tensors[i].tensor.to(world.device())
                            : at::empty(
                                  entry[2].get<std::vector<std::int64_t>>(),
                                  at::TensorOptions(static_cast<at::ScalarType>(
                                                        entry[1].get<int>()))
                                      .device(world.device()));
    world.gradients().broadcast(tensor, 0);
    result.tensors.push_back({entry[0], tensor, false});
  }
  return result;
}

void restore_tensors(
    const std::vector<NamedTensor>& state,
    const TensorFile& file,
    const std::string& source) {
  std::map<std::string, at::Tensor> given;
  for (const NamedTensor& entry : file.tensors) {
    if (!entry.name.starts_with("normalize.")) {
      given[entry.name] = entry.tensor;
    }
  }
  const c10::NoGradGuard guard;
  for (const NamedTensor& entry : state) {
    const auto found = given.find(entry.name);
    const char* wrong = "lacks";
    if (found != given.end()) {
      wrong = found->second.sizes() != entry.tensor.sizes()
                  ? "has another shape for"
              : found->second.scalar_type() != entry.tensor.scalar_type()
                  ? "has another number type for"
                  : nullptr;
    }
    if (wrong != nullptr) {
      throw BadData(fmt::format(
          "{} {} {}: {}",
          source,
          wrong,
          entry.name,
          entry.name.starts_with("ema.")
              ? "its run kept no average; set optimizer.ema_decay to 0"
              : "it belongs to another network or optimizer, or to "
                "another choice of what is trained (fine_tune)"));
    }
    entry.tensor.detach().copy_(found->second);
    given.erase(found);
  }
  if (!given.empty()) {
    const std::string& one = given.begin()->first;
    throw BadData(fmt::format(
        "{} has {} tensors that this run has no place for, {} among them: {}",
        source,
        given.size(),
        one,
        one.starts_with("ema.")
            ? "its run kept an average; set optimizer.ema_decay as there"
            : "it belongs to another network or optimizer, or to "
              "another choice of what is trained (fine_tune)"));
  }
}

std::vector<NamedTensor> with_prefix(
    const TensorFile& file, const std::string& prefix) {
  std::vector<NamedTensor> found;
  for (const NamedTensor& entry : file.tensors) {
    if (entry.name.starts_with(prefix)) {
      found.push_back(
          {entry.name.substr(prefix.size()), entry.tensor, entry.is_parameter});
    }
  }
  return found;
}

std::vector<NamedTensor> weights_to_use(const TensorFile& file) {
  auto average = with_prefix(file, "ema.");
  return average.empty() ? with_prefix(file, "net.") : std::move(average);
}

}  // namespace convoy
