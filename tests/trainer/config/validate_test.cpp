// Every rule between keys, and what the user is told.

#include "trainer/config/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/trainer/config/sound.h"

namespace convoy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::sound;
using testing::texts;

/// On one rank without a GPU.
std::vector<std::string> broken(const Config& c) {
  return texts(validate(c, 1, {}));
}

TEST(Validate, AcceptsASoundConfig) {
  EXPECT_THAT(broken(sound()), IsEmpty());
}

struct Rule {
  const char* name;
  std::function<void(Config&)> spoil;
  const char* problem;
};

class Rules : public ::testing::TestWithParam<Rule> {};

TEST_P(Rules, AreToldOneByOne) {
  Config c = sound();
  GetParam().spoil(c);
  EXPECT_THAT(broken(c), ElementsAre(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    RunAndData,
    Rules,
    ::testing::Values(
        Rule{
            "neither_epochs_nor_iterations",
            [](Config& c) { c.run.epochs = 0; },
            "run.epochs, run.iterations: 0 and 0; set exactly one above 0"},
        Rule{
            "both_epochs_and_iterations",
            [](Config& c) { c.run.iterations = 5; },
            "run.epochs, run.iterations: 2 and 5"},
        Rule{
            "no_run_dir",
            [](Config& c) { c.run.dir = ""; },
            "run.dir: nothing; want a folder to write to"},
        Rule{
            "no_baseline_file",
            [](Config& c) { c.run.baseline = "/no/such.json"; },
            "run.baseline: there is no /no/such.json"},
        Rule{
            "no_training_data",
            [](Config& c) { c.data.train = ""; },
            "data.train: nothing; want an LMDB folder"},
        Rule{
            "training_data_not_there",
            [](Config& c) { c.data.train = "/no/train.lmdb"; },
            "data.train: there is no /no/train.lmdb"},
        Rule{
            "validation_data_not_there",
            [](Config& c) { c.data.val = "/no/val.lmdb"; },
            "data.val: there is no /no/val.lmdb"},
        Rule{
            "two_channels",
            [](Config& c) { c.data.channels = 2; },
            "data.channels: 2; want 3 (colour) or 1 (gray)"},
        Rule{
            "scale_upside_down",
            [](Config& c) {
              c.augment.scale = {1, 0.5};
            },
            "augment.scale: [1, 0.5]; want [least, most]"},
        Rule{
            "ratio_upside_down",
            [](Config& c) {
              c.augment.ratio = {2, 1};
            },
            "augment.ratio: [2, 1]; want [least, most]"},
        Rule{
            "rare_classes_counted_twice",
            [](Config& c) {
              c.data.sampling = Sampling::balanced;
              c.loss.class_weights = ClassWeights::balanced;
            },
            "data.sampling, loss.class_weights: both make rare classes count "
            "more; want one of them"},
        Rule{
            "erased_area_upside_down",
            [](Config& c) {
              c.augment.erase.scale = {0.4, 0.3};
            },
            "augment.erase.scale: [0.4, 0.3]; want [least, most]"},
        Rule{
            "erased_ratio_upside_down",
            [](Config& c) {
              c.augment.erase.ratio = {3, 0.3};
            },
            "augment.erase.ratio: [3, 0.3]; want [least, most]"},
        Rule{
            "random_filling_in_caffes_style",
            [](Config& c) {
              c.augment.erase.probability = 0.5;
              c.augment.erase.fill = EraseFill::random;
              c.normalize.style = PixelStyle::caffe;
            },
            "augment.erase.fill, normalize.style: random numbers of deviation "
            "1 look like pixels in style: torchvision alone; want fill: mean"},
        Rule{
            "lighting_of_gray_pictures",
            [](Config& c) {
              c.augment.lighting_stddev = 0.1;
              c.data.channels = 1;
            },
            "augment.lighting_stddev, data.channels: lighting noise moves "
            "along the axes of RGB, and there is 1 channel; want "
            "lighting_stddev: 0"},
        Rule{
            "crop_beyond_resize",
            [](Config& c) { c.eval.resize_px = 200; },
            "eval.crop_px, eval.resize_px: 224 does not fit into 200"}),
    [](const auto& it) { return it.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Normalize,
    Rules,
    ::testing::Values(
        Rule{
            "a_negative_dropout",
            [](Config& c) { c.net.dropout = -0.5; },
            "net.dropout: -0.5 is no probability; want 0 to 0.99, or -1"},
        Rule{
            "a_negative_auxiliary_weight",
            [](Config& c) {
              c.net.name = "googlenet";
              c.loss.auxiliary_weight = -0.5;
            },
            "loss.auxiliary_weight: -0.5 is no weight; want 0 to 10, or -1"},
        Rule{
            "a_weight_of_auxiliary_heads_that_are_none",
            [](Config& c) { c.loss.auxiliary_weight = 0.3; },
            "loss.auxiliary_weight, net.name: resnet18 has no auxiliary heads"},
        Rule{
            "stochastic_depth_without_branches",
            [](Config& c) {
              c.net.name = "squeezenet1_0";
              c.net.stochastic_depth = 0.2;
            },
            "net.stochastic_depth, net.name: squeezenet1_0 has no residual"},
        Rule{
            "a_transformed_input_of_a_network_without_use_for_it",
            [](Config& c) { c.net.transform_input = true; },
            "net.transform_input, net.name: resnet18 was not ported"},
        Rule{
            "two_means",
            [](Config& c) {
              c.normalize.mean = {1, 2};
            },
            "normalize.mean: 2 numbers; want one for each colour (three), or "
            "one for all"},
        Rule{
            "no_std_for_gray",
            [](Config& c) {
              c.data.channels = 1;
              c.normalize.std = {};
            },
            "normalize.std: 0 numbers"},
        Rule{
            "caffe_mean_in_torchvision_style",
            [](Config& c) { c.normalize.mean_value = {104}; },
            "mean_file and mean_value belong to style: caffe"},
        Rule{
            "two_mean_values",
            [](Config& c) {
              c.normalize.style = PixelStyle::caffe;
              c.normalize.mean_value = {104, 117};
            },
            "normalize.mean_value: 2 numbers"},
        Rule{
            "mean_file_and_value",
            [](Config& c) {
              c.normalize.style = PixelStyle::caffe;
              c.augment.crop = Crop::random;
              c.normalize.mean_value = {104};
              c.normalize.mean_file = "/";
            },
            "both are set; want one, as in Caffe"},
        Rule{
            "mean_file_not_there",
            [](Config& c) {
              c.normalize.style = PixelStyle::caffe;
              c.augment.crop = Crop::random;
              c.normalize.mean_file = "/no/mean.binaryproto";
            },
            "normalize.mean_file: there is no /no/mean.binaryproto"},
        Rule{
            "mean_file_of_scaled_pictures",
            [](Config& c) {
              c.normalize.style = PixelStyle::caffe;
              c.normalize.mean_file = "/";
            },
            "pictures that are scaled, turned or shifted; want augment.crop"},
        Rule{
            "mean_file_of_pictures_that_a_policy_moves",
            [](Config& c) {
              c.normalize.style = PixelStyle::caffe;
              c.normalize.mean_file = "/";
              c.augment.crop = Crop::random;
              c.augment.policy = AugmentPolicy::rand;
            },
            "augment.translate_fraction, augment.policy: a mean file can't be "
            "subtracted"}),
    [](const auto& it) { return it.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Training,
    Rules,
    ::testing::Values(
        Rule{
            "unknown_net",
            [](Config& c) { c.net.name = "resnet19"; },
            "net.name: unknown network \"resnet19\"; did you mean resnet18?; "
            "convoy nets lists alexnet, resnet18"},
        Rule{
            "training_crop_too_small",
            [](Config& c) {
              c.net.name = "alexnet";
              c.augment.crop_px = 32;
            },
            "augment.crop_px, net.name: 32 is too small for alexnet"},
        Rule{
            "evaluation_crop_too_small",
            [](Config& c) {
              c.net.name = "alexnet";
              c.eval.crop_px = 32;
            },
            "eval.crop_px, net.name: 32 is too small for alexnet"},
        Rule{
            "weights_not_there",
            [](Config& c) { c.net.weights = "/no/w.safetensors"; },
            "net.weights: there is no /no/w.safetensors"},
        Rule{
            "head_of_random_values",
            [](Config& c) { c.fine_tune.mode = FineTuneMode::head; },
            "fine_tune.mode, net.weights: head trains a part of the network"},
        Rule{
            "partial_from_nowhere",
            [](Config& c) {
              c.fine_tune.mode = FineTuneMode::partial;
              c.net.weights = "/";
            },
            "fine_tune.first_layer, fine_tune.mode: nothing"},
        Rule{
            "partial_from_a_layer_that_is_not_there",
            [](Config& c) {
              c.fine_tune = {FineTuneMode::partial, "layer9"};
              c.net.weights = "/";
            },
            "fine_tune.first_layer, net.name: no layer of resnet18 is called "
            "\"layer9\"; its tensors go from conv1.weight to fc.bias"},
        Rule{
            "partial_up_to_a_layer_that_is_not_there",
            [](Config& c) {
              c.fine_tune = {.mode = FineTuneMode::partial, .last_layer = "b"};
              c.net.weights = "/";
            },
            "fine_tune.last_layer, net.name: no layer of resnet18 is called"},
        Rule{
            "unfreezing_what_is_trained",
            [](Config& c) {
              c.fine_tune = {.mode = FineTuneMode::full, .unfreeze = {"all=1"}};
              c.net.weights = "/";
            },
            "fine_tune.unfreeze, fine_tune.mode: full trains everything from "
            "the "
            "first step"},
        Rule{
            "an_unfreezing_that_is_none",
            [](Config& c) {
              c.fine_tune = {
                  .mode = FineTuneMode::head, .unfreeze = {"layer4=0"}};
              c.net.weights = "/";
            },
            "fine_tune.unfreeze: \"layer4=0\"; want LAYER=EPOCHS"},
        Rule{
            "unfreezing_what_is_not_there",
            [](Config& c) {
              c.fine_tune = {
                  .mode = FineTuneMode::head, .unfreeze = {"layr4.0=1"}};
              c.net.weights = "/";
            },
            "no layer of resnet18 is called \"layr4.0\"; did you mean "
            "layer4.0?; want \"all\", or one of conv1, layer1.0"},
        Rule{
            "unfreezing_in_falling_order",
            [](Config& c) {
              c.fine_tune = {
                  .mode = FineTuneMode::head,
                  .unfreeze = {"layer4=3", "all=3"}};
              c.net.weights = "/";
            },
            "fine_tune.unfreeze: \"all=3\" comes after 3 epochs, and what "
            "stands before it after 3"},
        Rule{
            "unfreezing_nothing_new",
            [](Config& c) {
              c.fine_tune = {
                  .mode = FineTuneMode::head,
                  .unfreeze = {"layer3=1", "layer4=2"}};
              c.net.weights = "/";
            },
            "\"layer4=2\" adds nothing to what is trained before"},
        Rule{
            "a_rate_that_is_no_rule",
            [](Config& c) { c.fine_tune.rates = {"layer1.:0.1"}; },
            "fine_tune.rates: \"layer1.:0.1\"; want NAME=FACTOR"},
        Rule{
            "a_decay_for_nothing",
            [](Config& c) { c.fine_tune.decays = {"features.=0"}; },
            "fine_tune.decays, net.name: no parameter of resnet18 fits "
            "\"features.\""},
        Rule{
            "patience_without_validation",
            [](Config& c) {
              c.run.patience_epochs = 3;
              c.data.val = "";
            },
            "waiting for a better evaluation wants data.val"},
        Rule{
            "nesterov_adam",
            [](Config& c) {
              c.optimizer.nesterov = true;
              c.optimizer.name = OptimizerName::adam;
            },
            "nesterov: true needs name: sgd"},
        Rule{
            "nesterov_without_momentum",
            [](Config& c) {
              c.optimizer.nesterov = true;
              c.optimizer.momentum = 0;
            },
            "with momentum above 0"},
        Rule{
            "no_batch",
            [](Config& c) { c.batch.global = 0; },
            "batch.global, batch.per_rank: 0 and 0; set exactly one above 0"},
        Rule{
            "two_batches",
            [](Config& c) { c.batch.per_rank = 4; },
            "batch.global, batch.per_rank: 8 and 4"}),
    [](const auto& it) { return it.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Schedule,
    Rules,
    ::testing::Values(
        Rule{
            "two_warmups",
            [](Config& c) {
              c.schedule.warmup_epochs = 1;
              c.schedule.warmup_iterations = 5;
            },
            "schedule.warmup_epochs, schedule.warmup_iterations: 1 and 5; set "
            "one"},
        Rule{
            "warmup_of_all_epochs",
            [](Config& c) { c.schedule.warmup_epochs = 2; },
            "schedule.warmup_epochs, run.epochs: a warm-up of 2 leaves nothing "
            "of "
            "2 epochs"},
        Rule{
            "warmup_of_all_iterations",
            [](Config& c) {
              c.run.epochs = 0;
              c.run.iterations = 9;
              c.schedule.warmup_iterations = 9;
            },
            "schedule.warmup_iterations, run.iterations: a warm-up of 9 leaves "
            "nothing of 9 iterations"},
        Rule{
            "no_milestones",
            [](Config& c) { c.schedule.name = ScheduleName::multi_step; },
            "schedule.milestones, schedule.name: []; multi_step wants them in "
            "rising order"},
        Rule{
            "falling_milestones",
            [](Config& c) {
              c.schedule.name = ScheduleName::multi_step;
              c.schedule.milestones = {60, 30};
            },
            "schedule.milestones, schedule.name: [60, 30]"},
        Rule{
            "plateau_without_validation",
            [](Config& c) {
              c.schedule.name = ScheduleName::plateau;
              c.data.val = "";
            },
            "plateau watches the validation loss"},
        Rule{
            "plateau_without_evaluations",
            [](Config& c) {
              c.schedule.name = ScheduleName::plateau;
              c.run.evaluate_every_epochs = 0;
            },
            "plateau watches the validation loss"},
        Rule{
            "one_cycle_with_warmup",
            [](Config& c) {
              c.schedule.name = ScheduleName::one_cycle;
              c.schedule.warmup_iterations = 3;
            },
            "one_cycle has a rise of its own"}),
    [](const auto& it) { return it.param.name; });

TEST(Validate, ListsEveryProblemAtOnce) {
  Config c = sound();
  c.run.dir = "";
  c.data.channels = 2;
  c.batch.global = 0;
  EXPECT_THAT(broken(c), SizeIs(3));
}

TEST(Validate, AcceptsEveryAugmentationAtOnce) {
  Config c = sound();
  c.augment.rotate_degrees = 5;
  c.augment.jitter = {0.4, 0.4, 0.4, 0.1};
  c.augment.noise_stddev = 0.01;
  c.augment.lighting_stddev = 0.1;
  c.augment.policy = AugmentPolicy::trivial_wide;
  c.augment.erase.probability = 0.25;
  c.augment.erase.fill = EraseFill::random;
  c.augment.mixup_alpha = 0.2;
  c.augment.cutmix_alpha = 1;
  EXPECT_THAT(broken(c), IsEmpty());
}

TEST(Validate, AcceptsAMeanFileWithWhatMovesNoPixels) {
  Config c = sound();
  c.normalize.style = PixelStyle::caffe;
  c.normalize.mean_file = "/";
  c.augment.crop = Crop::random;
  c.augment.lighting_stddev = 0.1;
  c.augment.erase.probability = 0.25;
  c.augment.mixup_alpha = 0.2;
  c.augment.cutmix_alpha = 1;
  EXPECT_THAT(broken(c), IsEmpty());
}

TEST(Validate, AcceptsColourMeansForGrayPicturesAndTheOtherWay) {
  Config c = sound();
  c.data.channels = 1;  // the defaults are three numbers; they are averaged
  EXPECT_THAT(broken(c), IsEmpty());
  c.normalize.style = PixelStyle::caffe;
  c.normalize.mean_value = {104, 117, 123};
  EXPECT_THAT(broken(c), IsEmpty());
  c.data.channels = 3;
  c.normalize.mean_value = {110};
  EXPECT_THAT(broken(c), IsEmpty());
}

}  // namespace
}  // namespace convoy
