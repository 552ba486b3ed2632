#include "trainer/report/tensorboard.h"

#include <fmt/format.h>

#include <exception>

#include "data/image/encode.h"
#include "trainer/report/batch_picture.h"

namespace convoy {
namespace {

constexpr int kQuickPng = 1;  // zlib's level

std::vector<TaggedScalar> scalars_of_sums(
    const std::string& group, const Sums& sums) {
  if (sums.samples == 0) {
    return {};
  }
  return {
      {group + "/loss", sums.mean_loss()},
      {group + "/acc1", sums.accuracy1()},
      {group + "/acc5", sums.accuracy5()}};
}

}  // namespace

std::vector<TaggedScalar> tensorboard_scalars(const IntervalRecord& r) {
  auto scalars = scalars_of_sums("train", r.sums);
  scalars.push_back({"train/lr", r.lr});
  scalars.push_back({"train/images_per_second", r.images_per_second});
  double whole = 0;
  for (const double part : r.mean) {
    whole += part;
  }
  for (std::size_t p = 0; p < r.mean.size() && whole > 0; ++p) {
    scalars.push_back(
        {fmt::format("time/{}", kPhaseNames[p]), r.mean[p] / whole});
  }
  return scalars;
}

std::vector<TaggedScalar> tensorboard_scalars(const EpochRecord& r) {
  auto scalars = scalars_of_sums("val", r.val.sums);
  scalars.push_back({"val/macro_f1", 100 * r.val.macro.f1});
  return scalars;
}

TensorBoard::TensorBoard(
    const std::filesystem::path& run_dir,
    const std::string& host,
    std::int64_t resumed_step,
    Log& log)
    : log_(log) {
  try {
    file_ = std::make_unique<EventFile>(run_dir, host);
  } catch (const std::exception& e) {
    give_up(e);
  }
  append([&] { return start_event({wall_seconds(), resumed_step + 1}); });
}

void TensorBoard::add(const IntervalRecord& record) {
  append([&] {
    return scalars_event(
        {wall_seconds(), record.step}, tensorboard_scalars(record));
  });
}

void TensorBoard::add(const EpochRecord& record) {
  if (record.val.sums.samples > 0) {
    append([&] {
      return scalars_event(
          {wall_seconds(), record.step}, tensorboard_scalars(record));
    });
  }
}

void TensorBoard::add_first_batch(
    const at::Tensor& images,
    const Normalization& normalization,
    std::int64_t step) {
  if (!wants_batch()) {
    return;
  }
  has_batch_ = true;
  append([&] {
    const Image picture = batch_picture(images, normalization);
    std::vector<std::uint8_t> png;
    encode_png(picture, kQuickPng, png);
    return picture_event(
        {wall_seconds(), step},
        {"train/augmented_batch",
         picture.height,
         picture.width,
         picture.channels,
         {png.begin(), png.end()}});
  });
}

void TensorBoard::append(const std::function<std::string()>& make_event) {
  if (!file_) {
    return;
  }
  try {
    file_->append(make_event());
  } catch (const std::exception& e) {
    give_up(e);
  }
}

void TensorBoard::give_up(const std::exception& error) {
  file_.reset();
  log_.warn(fmt::format(
      "{}. Training goes on; TensorBoard will not see the rest of it",
      error.what()));
}

}  // namespace convoy
