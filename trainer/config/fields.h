#pragma once
// The one list of a config's keys: name, field, meaning and range. It drives
// reading, unknown-key checks, --set, --print-config and docs/configuration.md.

#include <type_traits>

#include "trainer/config/config.h"
#include "trainer/config/data_fields.h"
#include "trainer/config/extension_fields.h"
#include "trainer/config/net_fields.h"
#include "trainer/config/train_fields.h"

namespace convoy {

// A visitor is called as visit(name, field, help) or visit(name, field, help,
// range); a field may itself be a struct with fields. C is Config or const
// Config (and so on).

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, Config>
void for_each_field(O& o, V&& visit) {
  visit("run", o.run, "the run as a whole");
  visit("data", o.data, "where samples come from");
  visit("augment", o.augment, "random changes to training pictures");
  visit(
      "eval",
      o.eval,
      "how pictures are prepared for evaluation and prediction");
  visit("normalize", o.normalize, "how pixels become network input");
  visit("net", o.net, "the network");
  visit("fine_tune", o.fine_tune, "which parameters are trained");
  visit("optimizer", o.optimizer, "how parameters follow gradients");
  visit("schedule", o.schedule, "how the learning rate moves");
  visit("batch", o.batch, "samples per step");
  visit("loss", o.loss, "what is minimised");
  visit(
      "precision",
      o.precision,
      "`auto`: bf16 where the hardware has it, else fp32 (whose convolutions "
      "use TF32 on GPUs that have it)");
  visit("distributed", o.distributed, "ranks and gradients");
  visit(
      "extensions",
      o.extensions,
      "networks and augmentations that this program has beside convoy's own");
}

/// A struct of fields, where a field is not a value.
template <class T>
concept Section = std::is_class_v<T> && requires(T& t) {
  for_each_field(t, [](auto&&...) {});
};

}  // namespace convoy
