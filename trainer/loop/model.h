#pragma once
// A network on its device, ready to train or evaluate.

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <memory>
#include <string>
#include <vector>

#include "nets/registry.h"
#include "nets/weights/match.h"
#include "trainer/config/train_options.h"

namespace convoy {

struct ModelOptions {
  std::string net;
  NetOptions options;
  FineTuneOptions fine_tune;
  c10::Device device{c10::kCPU};
  bool channels_last = true;
};

/// What Model::load() puts up with.
struct LoadOptions {
  bool reset_head =
      false;  ///< a head of other classes keeps its initial values
  std::vector<std::string> allowed;  ///< prefixes, as MatchRules::allowed
};

class Model {
 public:
  /// Builds the network with its initial values and moves it to the device.
  explicit Model(const ModelOptions& options);

  const Net& net() const { return *net_; }
  /// The network, if it is one of two parts; else null.
  const TwoPartNet* two_parts() const {
    return dynamic_cast<const TwoPartNet*>(net_.get());
  }
  const NetFacts& facts() const { return entry_.facts; }

  /// Every tensor, in state-dict order, on the device.
  const std::vector<NamedTensor>& state() const { return state_; }
  /// Trains what fine-tuning names once `epochs` epochs are done; at first it
  /// is what it names at 0. Tells whether that is more than before; it is never
  /// less.
  bool train_after(std::int64_t epochs);

  /// The parameters that are trained.
  std::vector<NamedTensor> trained() const;
  /// Running statistics that training changes: the float buffers of layers that
  /// are trained. A frozen layer's stay as they are, to the bit.
  std::vector<at::Tensor> statistics() const;

  bool is_head(const std::string& name) const;
  int classes() const { return classes_; }

  /// Copies values by name. Throws BadData listing every tensor that is
  /// missing, unexpected or misshapen, with both shapes; `source` names the
  /// file.
  Match load(
      const std::vector<NamedTensor>& tensors,
      const LoadOptions& options,
      const std::string& source);

  c10::Device device() const { return device_; }
  bool channels_last() const { return channels_last_; }

 private:
  void place();

  const NetEntry& entry_;
  std::unique_ptr<Net> net_;
  FineTuneOptions fine_tune_;
  std::int64_t epochs_ = 0;  ///< the most that train_after() was given
  std::vector<NamedTensor> state_;
  c10::Device device_;
  bool channels_last_;
  int classes_;
};

}  // namespace convoy
