#pragma once
// The networks that convoy knows, by name.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nets/net.h"

namespace convoy {

/// What is known of a network without building it. Counts are for 1000 classes,
/// 3 channels and input_px.
struct NetFacts {
  std::string_view name;
  int input_px = 224;     ///< what it was designed for
  int minimum_px = 1;     ///< smaller inputs vanish before the head
  std::string_view head;  ///< parameter prefix that depends on the classes
  bool batch_norm = false;
  std::int64_t parameters = 0;
  std::int64_t macs = 0;  ///< multiply-accumulates per image, forward
  double top1 = 0;        ///< published ImageNet accuracy, percent
  double top5 = 0;
  std::string_view source;  ///< of the accuracy
};

struct NetEntry {
  NetFacts facts;
  std::unique_ptr<Net> (*build)(const NetOptions& options) = nullptr;
};

/// All networks, in the order in which they are listed.
const std::vector<NetEntry>& registered_nets();

/// The names of all of them.
std::vector<std::string> net_names();

/// The entry named `name`; null when there is none.
const NetEntry* try_find_net(const std::string& name);

/// The entry named `name`. Throws std::invalid_argument with all known names.
const NetEntry& find_net(const std::string& name);

/// The families, each in the file of its name.
std::vector<NetEntry> alexnet_family();
std::vector<NetEntry> resnet_family();

}  // namespace convoy
