#pragma once
// A run as TensorBoard shows it: the curves of metrics.jsonl and a picture of
// what the network is shown.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/augment/normalize.h"
#include "trainer/report/event_file.h"
#include "trainer/report/log.h"
#include "trainer/report/records.h"

namespace convoy {

/// Writes an event file of a run from its start, or from where it goes on; rank
/// 0 only. The first failure is told to the log, and nothing more is written:
/// training does not depend on it.
class TensorBoard {
 public:
  /// `resumed_step`: what was written before of later steps is void, since
  /// those steps run again. `log` outlives this.
  TensorBoard(
      const std::filesystem::path& run_dir,
      const std::string& host,
      std::int64_t resumed_step,
      Log& log);

  /// train/loss, train/acc1, train/acc5, train/lr, train/images_per_second and
  /// each phase's share of the mean step, 0 to 1: time/data, time/compute,
  /// time/comm, time/optimizer.
  void add(const IntervalRecord& record);

  /// val/loss, val/acc1, val/acc5; nothing of an epoch that was not evaluated.
  void add(const EpochRecord& record);

  /// train/augmented_batch: batch_picture() of the session's first batch, which
  /// is step `step`. Later batches are left out.
  void add_first_batch(
      const at::Tensor& images,
      const Normalization& normalization,
      std::int64_t step);

  /// Whether the first batch is still to come.
  bool wants_batch() const { return file_ && !has_batch_; }

 private:
  void append(const std::function<std::string()>& make_event);
  void give_up(const std::exception& error);

  std::unique_ptr<EventFile> file_;  ///< none after a failure
  Log& log_;
  bool has_batch_ = false;
};

/// The scalars of a record; of an epoch, those of its evaluation.
std::vector<TaggedScalar> tensorboard_scalars(const IntervalRecord& record);
std::vector<TaggedScalar> tensorboard_scalars(const EpochRecord& record);

}  // namespace convoy
