#include "trainer/loop/model.h"

#include <gtest/gtest.h>

#include <set>

namespace convoy {
namespace {

Model resnet18(const FineTuneOptions& fine_tune) {
  return Model(
      {.net = "resnet18", .options = {.classes = 4}, .fine_tune = fine_tune});
}

TEST(Model, CountsOnlyTrainedLayersStatistics) {
  // Averaging over three ranks rounds, so what is frozen must stay out of it.
  EXPECT_EQ(resnet18({}).statistics().size(), 40u);
  EXPECT_EQ(resnet18({.mode = FineTuneMode::head}).statistics().size(), 0u);
  const Model partial =
      resnet18({.mode = FineTuneMode::partial, .first_layer = "layer4.1"});
  std::set<const void*> found;
  for (const at::Tensor& tensor : partial.statistics()) {
    found.insert(tensor.const_data_ptr());
  }
  std::set<const void*> wanted;
  for (const NamedTensor& entry : partial.state()) {
    if (entry.name.starts_with("layer4.1.bn") &&
        entry.name.find("running_") != std::string::npos) {
      wanted.insert(entry.tensor.const_data_ptr());
    }
  }
  EXPECT_EQ(wanted.size(), 4u);
  EXPECT_EQ(found, wanted);
}

}  // namespace
}  // namespace convoy
