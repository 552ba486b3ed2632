#include "trainer/loop/interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "trainer/health/device_memory.h"

namespace convoy {
namespace {

/// What each rank tells the others.
struct Note {
  PhaseSeconds phases{};
  double memory = 0;
  double device_memory = 0;
  std::uint64_t samples_hash = 0;
};

std::string encode(const Note& note) {
  return {reinterpret_cast<const char*>(&note), sizeof note};
}

Note decode(const std::string& bytes) {
  Note note;
  std::memcpy(&note, bytes.data(), sizeof note);
  return note;
}

}  // namespace

void Interval::restart() {
  sums_ = {};
  gradient_norm_ = std::numeric_limits<double>::quiet_NaN();
  steps_ = 0;
  samples_ = 0;
  paused_ = 0;
  since_ = now_();
}

void Interval::add(const StepFigures& f) {
  if (!f.nonfinite) {
    sums_.add({f.loss, f.top1, f.top5, f.samples});
    gradient_norm_ = f.gradient_norm;
  }
}

void Interval::count_step(std::int64_t samples) {
  ++steps_;
  samples_ += samples;
}

void Interval::pause() {
  if (pauses_++ == 0) {
    pause_since_ = now_();
  }
}

void Interval::resume() {
  if (--pauses_ == 0) {
    paused_ += std::chrono::duration<double>(now_() - pause_since_).count();
  }
}

double Interval::seconds() const {
  return std::chrono::duration<double>(now_() - since_).count() - paused_;
}

double Interval::images_per_second() const {
  const double spent = seconds();
  return spent > 0 ? static_cast<double>(samples_) / spent : 0;
}

IntervalRecord Interval::gather(World& world, const OwnFigures& own) {
  const PhaseSeconds& phases = own.phases;
  Note mine;
  mine.samples_hash = own.samples_hash;
  const auto steps = static_cast<double>(std::max<std::int64_t>(1, steps_));
  for (std::size_t p = 0; p < phases.size(); ++p) {
    mine.phases[p] = phases[p] / steps;
  }
  mine.memory = static_cast<double>(own.peak_memory);
  if (world.device().is_cuda()) {
    mine.device_memory = device_memory(world.device()).peak_bytes;
  }
  const auto notes = world.control().all_gather(encode(mine));

  IntervalRecord record;
  record.sums = sums_;
  record.gradient_norm = gradient_norm_;
  record.images_per_second = images_per_second();
  record.ranks = world.size();
  record.least.fill(1e300);
  double slowest = -1;
  for (int r = 0; r < world.size(); ++r) {
    const Note note = decode(notes[r]);
    for (std::size_t p = 0; p < phases.size(); ++p) {
      record.mean[p] += note.phases[p] / world.size();
      record.least[p] = std::min(record.least[p], note.phases[p]);
      record.most[p] = std::max(record.most[p], note.phases[p]);
    }
    record.by_rank.push_back(note.phases);
    record.samples_hash += note.samples_hash;
    if (own_seconds(note.phases) > slowest) {
      slowest = own_seconds(note.phases);
      record.slowest = fmt::format("rank {} ({})", r, world.hosts()[r]);
    }
    record.memory_mb = std::max(record.memory_mb, note.memory / 1e6);
    record.device_memory_mb =
        std::max(record.device_memory_mb, note.device_memory / 1e6);
  }
  restart();
  return record;
}

}  // namespace convoy
