// convoy predict: classifies picture files as a checkpoint's own run would.

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/topk.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "data/errors.h"
#include "data/importers/photograph.h"
#include "data/importers/provenance.h"
#include "data/loader/transform.h"
#include "data/store/printable.h"
#include "distributed/affinity.h"
#include "distributed/device.h"
#include "trainer/checkpoint/restored.h"
#include "trainer/commands/command.h"
#include "trainer/commands/command_line.h"
#include "trainer/commands/net_option.h"
#include "trainer/config/read.h"
#include "trainer/loop/precision.h"
#include "trainer/report/json_line.h"

namespace convoy {
namespace {

struct PredictArguments {
  std::string checkpoint;
  std::vector<std::string> files;
  std::vector<std::string> overrides;
  std::string net;
  std::string class_names;
  int top = 5;
  bool json = false;
};

bool parse(const std::vector<std::string>& words, PredictArguments& a) {
  CommandLine line(
      "predict --checkpoint PATH FILE|FOLDER... [options]",
      "Classifies JPEG and PNG files. Pictures are prepared as their import "
      "and the run that\nwrote the checkpoint did, and classes are named as "
      "there. A file that is no "
      "picture, or not there, is named on stderr\nand the others go on (exit "
      "code 65, or 66 when all that failed were not there).\nWith --net, PATH "
      "may be a weight file of others (.pth, .safetensors, .caffemodel):\n"
      "pictures are prepared as where the network's accuracy was published.");
  line.value("checkpoint", &a.checkpoint, "a checkpoint file")
      .value("net", &a.net, "of which network a weight file of others is")
      .value(
          "class-names",
          &a.class_names,
          "with --net: text file, a name a line; else classes are 0, 1, 2, ...")
      .value("top", &a.top, "classes shown for each picture", at_least(1))
      .values(
          "set",
          &a.overrides,
          "run.device=cpu, where a GPU is not to be used; with --net also "
          "eval.KEY=VALUE and normalize.KEY=VALUE")
      .flag("json", &a.json, "one JSON object a picture")
      .rest("FILE", &a.files, true);
  if (!line.parse(words)) {
    return false;
  }
  check_weights_options(a.net, a.class_names);
  for (const std::string& text : a.overrides) {
    if (!text.starts_with("run.device=") &&
        (a.net.empty() || !says_how_weights_are_used(text))) {
      throw UsageError(fmt::format(
          "--set {}: only run.device=VALUE can be set, and with --net "
          "eval.KEY=VALUE and normalize.KEY=VALUE; the rest is the "
          "checkpoint's",
          text));
    }
  }
  if (a.checkpoint.empty()) {
    throw UsageError(
        "--checkpoint is missing: convoy predict --checkpoint PATH FILE...");
  }
  return true;
}

bool looks_like_picture(const std::filesystem::path& path) {
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return suffix == ".jpg" || suffix == ".jpeg" || suffix == ".png";
}

/// Sorted; says which other files there are. Throws MissingInput when there is
/// no picture, or the folder can't be read.
std::vector<std::string> pictures_in(const std::string& folder) {
  std::vector<std::string> inside;
  std::vector<std::string> others;
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(folder, error);
  for (; !error && at != end(at); at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored)) {
      (looks_like_picture(at->path()) ? inside : others)
          .push_back(at->path().string());
    }
  }
  if (error || inside.empty()) {
    throw MissingInput(
        error ? "it can't be read: " + error.message()
              : "it holds no .jpg, .jpeg or .png file");
  }
  if (!others.empty()) {
    fmt::print(
        stderr,
        "convoy: {}: left out {} file{} whose name ends in none of .jpg, .jpeg "
        "and .png, such as {}\n",
        folder,
        others.size(),
        others.size() == 1 ? "" : "s",
        printable(*std::min_element(others.begin(), others.end())));
  }
  std::sort(inside.begin(), inside.end());
  return inside;
}

class Predictor {
 public:
  Predictor(const PredictArguments& arguments, c10::Device device)
      : arguments_(arguments),
        restored_(restore(
            read_checkpoint(
                arguments.checkpoint,
                weights_use(
                    arguments.net, arguments.class_names, arguments.overrides)),
            arguments.checkpoint,
            device)),
        reader_(
            picture_options(restored_.facts.data_made_by),
            restored_.config.data.channels == 1 ? Colour::gray : Colour::rgb),
        transform_(evaluation_transform(
            restored_.config.eval,
            restored_.config.normalize.style,
            restored_.normalization)()),
        precision_(resolve_precision(restored_.config.precision, device)) {}

  /// Throws BadData when the file is no picture, MissingInput when there is
  /// none.
  void classify(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      throw MissingInput(
          error ? "it can't be read: " + error.message()
                : "there is no such file");
    }
    Sample sample;
    sample.key = path;
    reader_.read(path, sample.image);
    const std::int64_t c = restored_.config.data.channels;
    const std::int64_t px = restored_.config.eval.crop_px;
    std::vector<float> input(static_cast<std::size_t>(c * px * px));
    transform_(sample, SampleRef{}, input.data());
    const at::Tensor image = at::from_blob(
        input.data(), {1, c, px, px}, {c * px * px, 1, c * px, c});
    print(path, scores(image));
  }

 private:
  at::Tensor scores(const at::Tensor& image) {
    const c10::NoGradGuard guard;
    const c10::Device device = restored_.model->device();
    const AutocastScope autocast(precision_, device);
    const at::Tensor logits =
        restored_.model->net().forward(image.to(device), Pass{});
    const at::Tensor probabilities =
        at::softmax(logits.to(at::kFloat), 1)[0].to(at::kCPU);
    if (!std::isfinite(probabilities.sum().item<float>())) {
      throw BadData(
          "its probabilities are no numbers: the network's scores are too "
          "large "
          "or none themselves; is the checkpoint one of a run that diverged?");
    }
    return probabilities;
  }

  void print(const std::string& path, const at::Tensor& probabilities) {
    const auto& names = restored_.facts.class_names;
    const auto shown = std::min<std::int64_t>(
        arguments_.top, static_cast<std::int64_t>(names.size()));
    const auto [values, classes] = at::topk(probabilities, shown);
    nlohmann::ordered_json json{{"file", path}};
    std::string text = printable(path);
    for (std::int64_t i = 0; i < shown; ++i) {
      const auto label = classes[i].item<std::int64_t>();
      const double p = values[i].item<double>();
      const std::string& name = names[static_cast<std::size_t>(label)];
      text += fmt::format("  {} {:.3f}", printable(name), p);
      json["classes"].push_back(
          {{"label", label}, {"name", name}, {"probability", p}});
    }
    fmt::print("{}\n", arguments_.json ? json_line(json) : text);
  }

  const PredictArguments& arguments_;
  Restored restored_;
  PhotographReader reader_;
  Transform transform_;
  Precision precision_;
};

/// Says what is wrong with a file; the others go on.
ExitCode tell(const std::string& file, const std::exception& e, ExitCode code) {
  fmt::print(
      stderr,
      "convoy: {}: {}\n",
      std::filesystem::absolute(file).string(),
      e.what());
  return code;
}

/// Damage weighs more than absence.
ExitCode worse(ExitCode a, ExitCode b) {
  return a == ExitCode::bad_data || b == ExitCode::done ? a : b;
}

ExitCode classify_one(Predictor& predictor, const std::string& file) {
  try {
    predictor.classify(file);
    return ExitCode::done;
  } catch (const BadData& e) {
    return tell(file, e, ExitCode::bad_data);
  } catch (const MissingInput& e) {
    return tell(file, e, ExitCode::missing_input);
  }
}

/// The file, or the pictures inside the folder, of this name.
ExitCode classify_all(Predictor& predictor, const std::string& name) {
  std::error_code error;
  if (!std::filesystem::is_directory(name, error)) {
    return classify_one(predictor, name);
  }
  ExitCode code = ExitCode::done;
  try {
    for (const std::string& file : pictures_in(name)) {
      code = worse(code, classify_one(predictor, file));
    }
  } catch (const MissingInput& e) {
    return tell(name, e, ExitCode::missing_input);
  }
  return code;
}

}  // namespace

ExitCode run_predict(Invocation& invocation) {
  PredictArguments a;
  if (!parse(invocation.arguments, a)) {
    return ExitCode::done;
  }
  const c10::Device device =
      choose_device(device_choice(a.overrides), find_gpus(), 0);
  at::set_num_threads(static_cast<int>(available_cpus().size()));
  Predictor predictor(a, device);
  ExitCode code = ExitCode::done;
  for (const std::string& name : a.files) {
    code = worse(code, classify_all(predictor, name));
  }
  return code;
}

}  // namespace convoy
