// Every way to get a config wrong, and what the user is told.

#include "trainer/config/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "data/errors.h"
#include "tests/support/privileges.h"
#include "tests/support/temp_dir.h"
#include "trainer/config/validate.h"
#include "trainer/config/write.h"
#include "trainer/errors.h"

namespace convoy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

std::vector<std::string> problems_of(const std::string& yaml) {
  return read_config(yaml, "my.yaml").problems;
}

TEST(ReadConfig, ReadsTheSkeletonOfEverySection) {
  const LoadedConfig loaded = read_config(
      R"(
run:         {dir: runs/vehicles6, seed: 7, epochs: 3, log_every: 5, checkpoint_every_epochs: 1, keep: 3}
data:        {train: train.lmdb, val: val.lmdb, workers: 2, on_bad_sample: skip}
augment:     {crop_px: 96, scale: [0.35, 1.0], ratio: [0.75, 1.333], flip_horizontal: 0.5, flip_vertical: 0.0, rotate_degrees: 10,
              jitter: {brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.05}, noise_stddev: 0.01}
eval:        {resize_px: 110, crop_px: 96}
net:         {name: resnet18, weights: null}
fine_tune:   {mode: full, head_lr_multiplier: 2.0}
optimizer:   {name: adamw, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 5.0e-4}
schedule:    {name: one_cycle, warmup_epochs: 2}
batch:       {global: 64}
precision:   bf16
distributed: {backend: auto, bucket_mb: 25, timeout_s: 300}
)",
      "my.yaml");
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Config& c = loaded.config;
  EXPECT_EQ(c.run.dir, "runs/vehicles6");
  EXPECT_EQ(c.run.seed, 7u);
  EXPECT_EQ(c.data.on_bad_sample, OnBadSample::skip);
  EXPECT_EQ(c.augment.scale[0], 0.35);
  EXPECT_EQ(c.augment.jitter.hue, 0.05);
  EXPECT_EQ(c.net.weights, "");
  EXPECT_EQ(c.optimizer.name, OptimizerName::adamw);
  EXPECT_EQ(c.optimizer.weight_decay, 5e-4);
  EXPECT_EQ(c.schedule.name, ScheduleName::one_cycle);
  EXPECT_EQ(c.batch.global, 64);
  EXPECT_EQ(c.precision, Precision::bf16);
}

TEST(ReadConfig, PrintsAConfigThatReadsBackTheSame) {
  Config c;
  c.run.dir = "a folder: with \"odd\" name";
  c.data.train = "x.lmdb";
  c.optimizer.lr = 0.1 + 0.2;
  c.schedule.milestones = {30, 60.5};
  c.normalize.mean_value = {104, 117, 123};
  c.precision = Precision::fp16;
  c.net.dropout = 0.25;
  const LoadedConfig loaded = read_config(to_yaml(c), "printed");
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Config& back = loaded.config;
  EXPECT_EQ(to_yaml(back), to_yaml(c));
  EXPECT_EQ(back.optimizer.lr, c.optimizer.lr);
  EXPECT_EQ(back.run.dir, c.run.dir);
}

TEST(ReadConfig, NamesAnUnknownKeyWithLineAndNearestName) {
  EXPECT_THAT(
      problems_of("run: {dir: x}\noptimizer:\n  lr: 0.1\n  momentun: 0.9\n"),
      ElementsAre("my.yaml:4: optimizer.momentun: unknown key; did you mean "
                  "optimizer.momentum?"));
  EXPECT_THAT(
      problems_of("optimiser: {lr: 0.1}"),
      ElementsAre(
          "my.yaml:1: optimiser: unknown key; did you mean optimizer?"));
  EXPECT_THAT(
      problems_of("batch: {wibble: 1}"),
      ElementsAre(AllOf(
          HasSubstr("unknown key; known here: global"), HasSubstr("micro"))));
}

TEST(ReadConfig, ListsEveryProblemAtOnce) {
  EXPECT_THAT(
      problems_of("run: {epochs: many, keep: 0}\nnet: {nam: x}\n"), SizeIs(3));
}

TEST(ReadConfig, RefusesADuplicateKeyWithBothLines) {
  EXPECT_THAT(
      problems_of("run:\n  seed: 1\n  epochs: 2\n  seed: 3\n"),
      ElementsAre(
          "my.yaml:4: seed is set twice (first on line 2): remove one"));
}

struct BadValue {
  const char* yaml;
  const char* message;
};

class BadValues : public ::testing::TestWithParam<BadValue> {};

TEST_P(BadValues, AreRefusedWithValueSeenAndValueWanted) {
  EXPECT_THAT(
      problems_of(GetParam().yaml), ElementsAre(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Scalars,
    BadValues,
    ::testing::Values(
        BadValue{
            "run: {epochs: 010}",
            "run.epochs: want an integer of at least 0, got \"010\""},
        BadValue{
            "optimizer: {lr: 010}",
            "optimizer.lr: want a number above 0, got \"010\""},
        BadValue{
            "run: {epochs: 1e3}", "want an integer of at least 0, got \"1e3\""},
        BadValue{"run: {epochs: 0.1}", "got \"0.1\""},
        BadValue{"run: {epochs: 99999999999}", "got \"99999999999\""},
        BadValue{
            "run: {epochs: -1}", "want an integer of at least 0, got \"-1\""},
        BadValue{"run: {seed: -1}", "got \"-1\""},
        BadValue{
            "run: {epochs: \"3\"}",
            "got \"3\" in quotation marks; leave them out"},
        BadValue{"optimizer: {lr: .inf}", "got \".inf\""},
        BadValue{"optimizer: {lr: .nan}", "got \".nan\""},
        BadValue{"optimizer: {lr: nan}", "got \"nan\""},
        BadValue{"optimizer: {lr: inf}", "got \"inf\""},
        BadValue{"optimizer: {lr: 1e999}", "got \"1e999\""},
        BadValue{"optimizer: {lr: 0}", "want a number above 0, got \"0\""},
        BadValue{"optimizer:\n  lr: 0,1\n", "got \"0,1\""},
        BadValue{"optimizer: {lr: fast}", "got \"fast\""},
        BadValue{"optimizer: {lr: }", "got nothing"},
        BadValue{"optimizer: {lr: [1]}", "got a list"},
        BadValue{
            "optimizer: {nesterov: yes}", "want true or false, got \"yes\""},
        BadValue{"optimizer: {nesterov: on}", "got \"on\""},
        BadValue{"optimizer: {nesterov: n}", "got \"n\""},
        BadValue{"optimizer: {nesterov: \"true\"}", "want true or false"},
        BadValue{"optimizer: {name: sdg}", "did you mean sgd?"},
        BadValue{"precision: bf15", "want one of auto, fp32, bf16, fp16"},
        BadValue{"augment: {scale: 0.3}", "want a list of two numbers"},
        BadValue{"augment: {scale: [0.3]}", "want a list of two numbers"},
        BadValue{"augment: {scale: [0.3, 2]}", "got \"2\""},
        BadValue{
            "augment: {jitter: 0.4}", "augment.jitter: want a map of keys"},
        BadValue{"run: [1, 2]", "run: want a map of keys, got a list"},
        BadValue{"run:", "run: want a map of keys, got nothing"},
        BadValue{"run: {dir: [x]}", "run.dir: want text, got a list"},
        BadValue{"normalize: {mean: 0.5}", "want a list of numbers"}));

INSTANTIATE_TEST_SUITE_P(
    Documents,
    BadValues,
    ::testing::Values(
        BadValue{"", "the file is empty"},
        BadValue{"# only a comment\n", "the file is empty"},
        BadValue{"just words", "want a map of keys, got \"just words\""},
        BadValue{"- a\n- b\n", "want a map of keys, got a list"},
        BadValue{"run: {dir: x}\n---\nrun: {dir: y}\n", "second document"},
        BadValue{"run: &a {dir: x}\n", "anchors (&name) are not allowed"},
        BadValue{"run: {dir: !!str 3}\n", "tags"},
        BadValue{
            "run:\n\tdir: x\n",
            "my.yaml:2: indented by a tab, which YAML does not allow; use "
            "blanks"},
        BadValue{
            "run: {dir: x\n", "my.yaml:1: \"run: {dir: x\" opens a { that"},
        BadValue{
            "augment:\n  scale: [0.1, 1\nnet:\n  name: a\n",
            "my.yaml:2: \"scale: [0.1, 1\" opens a [ that is not closed"},
        BadValue{
            "run:\n  dir: \"x\n  seed: 1\n",
            "my.yaml:2: the text that begins with a quotation mark does not "
            "end"},
        BadValue{"run:\n  dir: 'x\n", "my.yaml:2: the text that begins"},
        BadValue{
            "run:\n  lr:0.1\n  epochs: 3\n",
            "my.yaml:2: \"lr:0.1\" is no \"key: value\"; want a colon and a "
            "blank"},
        BadValue{"run\n  dir: x\n", "my.yaml:1: \"run\" is no \"key: value\""},
        BadValue{"run: dir: x\n", "my.yaml:1: \"run: dir: x\" has two colons"},
        BadValue{
            "run:\n  dir: x\n   seed: 3\n",
            "my.yaml:3: \"seed: 3\" is indented otherwise than the lines "
            "above"},
        BadValue{
            "run:\n  dir: x\n seed: 3\n",
            "my.yaml:3: \"seed: 3\" is indented otherwise"},
        BadValue{
            "run:\n  dir: @x\n",
            "my.yaml:2: unknown token in \"dir: @x\"; put quotation marks "
            "around the value"},
        // In the style of the recipes.
        BadValue{
            "data: {train: @x}\n",
            "my.yaml:1: unknown token in \"data: {train: @x}\"; put"},
        BadValue{
            "run: {dir: x}\n batch: {global: 64}\n",
            "my.yaml:2: end of map not found in \"batch: {global: 64}\"; it "
            "may lack a comma or a colon, or be indented otherwise"},
        BadValue{"run: {dir: x epochs: 3}\n", "it may lack a comma or a colon"},
        BadValue{
            "augment: {\n crop: random,\n scale [0.5, 1],\n crop_px: 32\n}\n",
            "my.yaml:3: end of map flow not found in \"scale [0.5, 1],\"; it "
            "may "
            "lack a comma or a colon"},
        // What stands in comments and quotes is no syntax.
        BadValue{
            "optimizer:\n  lr: 0.1  # in [0, 1)\n   momentum: 0.9\n",
            "my.yaml:3: \"momentum: 0.9\" is indented otherwise"},
        BadValue{
            "run:\n  dir: x  # note: y\n   seed: 1\n",
            "my.yaml:3: \"seed: 1\" is indented otherwise"},
        BadValue{
            "net:\n  name: \"a: b\"\n   weights: c\n",
            "my.yaml:3: \"weights: c\" is indented otherwise"},
        BadValue{"augment: {\n crop: random\n}\n batch: 3\n", "my.yaml:4: "},
        BadValue{
            "batch: {global: 8}\n---\nrun: &a {dir: x}\n", "second document"},
        BadValue{"run: \xff\xfe", "not UTF-8"},
        BadValue{"r\xc3: 1", "not UTF-8"},
        BadValue{",", "my.yaml"}));

TEST(ReadConfig, RefusesAliasesBeforeWalkingThem) {
  std::string bomb = "a: &a [x, x]\n";
  for (char c = 'b'; c < 'z'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [*" + static_cast<char>(c - 1) +
            ", *" + static_cast<char>(c - 1) + "]\n";
  }
  EXPECT_THAT(problems_of(bomb), SizeIs(1));
  EXPECT_THAT(problems_of("run: *r\n"), ElementsAre(StartsWith("my.yaml:1")));
}

TEST(ReadConfig, RefusesUtf16) {
  const std::string utf16("\xff\xfer\0u\0n\0:\0", 10);
  EXPECT_THAT(problems_of(utf16), ElementsAre(HasSubstr("not UTF-8")));
  EXPECT_THAT(
      problems_of(std::string("r\0u\0n\0", 6)),
      ElementsAre(HasSubstr("not UTF-8")));
}

TEST(ReadConfig, RefusesDeepNesting) {
  EXPECT_THAT(
      problems_of("run: " + std::string(200, '[') + std::string(200, ']')),
      ElementsAre(HasSubstr("nested more than 32 deep")));
}

TEST(ReadConfig, RefusesAHugeFile) {
  EXPECT_THAT(
      problems_of(std::string(2 << 20, 'a')),
      ElementsAre(HasSubstr("at most 1 MB")));
}

TEST(ReadConfig, AcceptsAByteOrderMark) {
  EXPECT_THAT(problems_of("\xef\xbb\xbfrun: {dir: x}\n"), IsEmpty());
}

TEST(Overrides, ChangeValuesAndAreCheckedAlike) {
  LoadedConfig loaded;
  apply_overrides(
      {"optimizer.lr=0.25",
       "precision=fp32",
       "augment.scale=[0.5, 1]",
       "augment.jitter.hue=0.1",
       "data.val=null"},
      loaded);
  EXPECT_THAT(loaded.problems, IsEmpty());
  const Config& c = loaded.config;
  EXPECT_EQ(c.optimizer.lr, 0.25);
  EXPECT_EQ(c.precision, Precision::fp32);
  EXPECT_EQ(c.augment.scale[0], 0.5);
  EXPECT_EQ(c.augment.jitter.hue, 0.1);
  apply_overrides(
      {"optimizer.lrr=1", "run.epochs", "run.keep=x", "net.name=[a"}, loaded);
  EXPECT_THAT(
      loaded.problems,
      ElementsAre(
          "--set optimizer.lrr=1: optimizer.lrr: unknown key; did you mean "
          "optimizer.lr?",
          "--set run.epochs: want key=value, such as optimizer.lr=0.05",
          "--set run.keep=x: run.keep: want an integer of at least 1, got "
          "\"x\"",
          "--set net.name=[a: \"value: [a\" opens a [ that is not closed; add "
          "a ]"));
}

struct BadOverride {
  const char* text;
  const char* problem;
};

class BadOverrides : public ::testing::TestWithParam<BadOverride> {};

TEST_P(BadOverrides, AreExplainedAsWhatTheyAre) {
  LoadedConfig loaded;
  apply_overrides({std::string("run.dir=") + GetParam().text}, loaded);
  EXPECT_THAT(loaded.problems, ElementsAre(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    BadOverrides,
    ::testing::Values(
        BadOverride{"@scratch/x", "put quotation marks around the value"},
        BadOverride{"\"x", "close the quotation mark"},
        BadOverride{"*x", "aliases (*name) are not allowed"},
        BadOverride{"a: b", "has two colons"},
        BadOverride{"a\nrun: b", "want one value on one line"}));

TEST(LoadConfig, NamesAMissingFileAndAFolder) {
  const testing::TempDir folder;
  EXPECT_THAT(
      [&] { load_config(folder / "none.yaml", {}); },
      ThrowsMessage<MissingInput>(
          AllOf(HasSubstr("none.yaml"), HasSubstr("nothing is there"))));
  EXPECT_THAT(
      [&] { load_config(folder.path(), {}); },
      ThrowsMessage<MissingInput>(HasSubstr("is a folder")));
}

TEST(LoadConfig, TellsAFileThatMayNotBeRead) {
  const testing::TempDir folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0777));
  const std::string path = folder / "private.yaml";
  std::ofstream(path) << "run: {dir: x}\n";
  std::filesystem::permissions(path, std::filesystem::perms(0000));
  const testing::WithoutPrivileges nobody;
  try {
    load_config(path, {});
    FAIL() << "it was read";
  } catch (const MissingInput& error) {
    EXPECT_EQ(describe(std::current_exception()).code, ExitCode::missing_input);
    EXPECT_EQ(
        std::string(error.what()),
        path +
            " may not be read; `chmod +r` gives the permission, or name "
            "another config file");
  }
}

TEST(LoadConfig, ReadsAFileThatBeginsWithAByteOrderMark) {
  const testing::TempDir folder;
  std::ofstream(folder / "c.yaml") << "\xef\xbb\xbfrun: {dir: x}\n";
  EXPECT_EQ(load_config(folder / "c.yaml", {}).config.run.dir, "x");
}

/// What require_sound() says of the text with these overrides, on one rank.
std::string refusal(
    const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  LoadedConfig loaded = read_config(yaml, "my.yaml");
  apply_overrides(overrides, loaded);
  try {
    require_sound(loaded, validate(loaded.config, 1, {}));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(
    RequireSound, TellsProblemsOfReadingAndBrokenRulesTogetherWithTheirPlaces) {
  EXPECT_EQ(
      refusal(
          "run:\n  keep: 0\n"
          "data: {train: /}\n"
          "batch:\n  global: 8\n  per_rank: 8\n"
          "net: {name: alexnet}\n",
          {"augment.crop_px=32", "precision=fp16"}),
      "my.yaml:2: run.keep: want an integer of at least 1, got \"0\"\n"
      "--set augment.crop_px=32, my.yaml:7: augment.crop_px, net.name: 32 is "
      "too small for alexnet, whose last layers would vanish; want at least "
      "63\n"
      "my.yaml:5, my.yaml:6: batch.global, batch.per_rank: 8 and 8; set "
      "exactly one above 0\n"
      "--set precision=fp16: precision, run.device: fp16 needs a GPU; use auto "
      "or fp32 on the CPU");
}

TEST(RequireSound, NamesTheFileWhereNothingWasSet) {
  EXPECT_EQ(
      refusal("batch: {global: 8}\n"),
      "my.yaml: data.train: nothing; want an LMDB folder (convoy import makes "
      "one)");
}

TEST(RequireSound, SaysNothingOfRulesAboutValuesThatCouldNotBeRead) {
  const std::string fine = "data: {train: /}\n";
  EXPECT_EQ(
      refusal(fine + "batch: {global: many}\n"),
      "my.yaml:2: batch.global: want an integer of at least 0, got \"many\"");
  EXPECT_EQ(
      refusal(fine + "batch: {batch_size: 8}\n"),
      "my.yaml:2: batch.batch_size: unknown key; did you mean batch.global?");
  EXPECT_EQ(
      refusal(fine + "batch:\n"),
      "my.yaml:2: batch: want a map of keys, got nothing");
  EXPECT_THAT(
      refusal("batch: {global: 8\ndata: {train: x}\n"),
      "my.yaml:1: \"batch: {global: 8\" opens a { that is not closed; add a }");
}

TEST(RequireSound, ForgivesInTheFileWhatAnOverrideMends) {
  EXPECT_THAT(
      refusal("data: {train: /}\nbatch: {global: 0}\n", {"batch.global=4"}),
      IsEmpty());
}

TEST(ConfigurationReference, IsTheOneInDocs) {
  std::ifstream file(std::string(CONVOY_SOURCE_DIR) + "/docs/configuration.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(page, configuration_reference())
      << "run: convoy train --reference > docs/configuration.md";
}

}  // namespace
}  // namespace convoy
