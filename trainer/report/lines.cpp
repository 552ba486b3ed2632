#include "trainer/report/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "trainer/report/progress.h"

namespace convoy {
namespace {

/// "data 1% (0..2) compute 93% ...": share of the mean step, and the ranks'
/// extremes when there are several.
std::string split(const IntervalRecord& r) {
  double whole = 0;
  for (const double part : r.mean) {
    whole += part;
  }
  std::string text;
  for (std::size_t p = 0; p < r.mean.size() && whole > 0; ++p) {
    text += fmt::format(
        "{}{} {:.0f}%",
        p == 0 ? "" : " ",
        kPhaseNames[p],
        100 * r.mean[p] / whole);
    if (r.ranks > 1) {
      text += fmt::format(
          " ({:.0f}..{:.0f})",
          100 * r.least[p] / whole,
          100 * r.most[p] / whole);
    }
  }
  return text;
}

}  // namespace

std::string exchange_line(
    const AllReduceCost& cost,
    double bucket_mb,
    double step_s,
    double exposed_s) {
  return fmt::format(
      "gradients: an all-reduce takes {:.3g} us and {:.3g} ms a MB between "
      "these ranks; in buckets of {:.3g} MB, {:.1f} of a step's {:.1f} ms are "
      "expected not to be hidden, beside waiting for slower ranks",
      1e6 * cost.latency_s,
      1e9 * cost.seconds_per_byte,
      bucket_mb,
      1e3 * exposed_s,
      1e3 * step_s);
}

std::string interval_line(
    const IntervalRecord& r, const RunLength& length, int epochs) {
  // The step that ends an epoch still belongs to it.
  const std::int64_t epoch = (r.step - 1) / length.steps_per_epoch;
  const std::int64_t within = r.step - epoch * length.steps_per_epoch;
  const double rest =
      r.images_per_second > 0 && r.sums.samples > 0
          ? static_cast<double>(length.total_steps - r.step) *
                (r.seconds /
                 static_cast<double>(std::max<std::int64_t>(1, r.step)))
          : 0;
  std::string line = fmt::format(
      "Epoch: [{}{}] [{}/{}] loss {:.4f} Acc@1 {:.2f} Acc@5 {:.2f} lr {:.4g} "
      "img/s {:.1f}",
      epoch + 1,
      epochs > 0 ? fmt::format("/{}", epochs) : "",
      within,
      length.steps_per_epoch,
      r.sums.mean_loss(),
      r.sums.accuracy1(),
      r.sums.accuracy5(),
      r.lr,
      r.images_per_second);
  if (r.ranks > 1) {
    line += fmt::format(" ({:.1f} a rank)", r.images_per_second / r.ranks);
  }
  line += " | " + split(r);
  if (r.ranks > 1) {
    line += " slowest " + r.slowest;
  }
  if (r.speedup > 0) {
    line += fmt::format(
        " | speedup {:.2f} efficiency {:.2f}", r.speedup, r.efficiency);
  }
  line += fmt::format(" | peak {:.0f} MB", r.memory_mb);
  if (r.device_memory_mb > 0) {
    line += fmt::format(" + {:.0f} MB GPU", r.device_memory_mb);
  }
  return line + " eta " + format_duration(rest);
}

std::string macro_figure(const Shares& macro, BestBy by) {
  const auto text = [&](double figure) {
    return fmt::format(
        " {} {:.3f}", names(by)[static_cast<std::size_t>(by)], 100 * figure);
  };
  switch (by) {
    case BestBy::macro_precision:
      return text(macro.precision);
    case BestBy::macro_recall:
      return text(macro.recall);
    case BestBy::macro_f1:
      return text(macro.f1);
    default:
      return "";
  }
}

std::string evaluation_line(
    const Validation& figures, BestBy best_by, double seconds) {
  const Sums& sums = figures.sums;
  return fmt::format(
      "Test: Acc@1 {:.3f} Acc@5 {:.3f} loss {:.4f}{} ({:.0f} samples in {:.1f} "
      "s)",
      sums.accuracy1(),
      sums.accuracy5(),
      sums.mean_loss(),
      macro_figure(figures.macro, best_by),
      sums.samples,
      seconds);
}

std::string progress_details(
    const Sums& epoch, double epochs_done, double images_per_second) {
  return fmt::format(
      "epoch {}{} {:.0f} img/s",
      // The step that ends an epoch still belongs to it.
      std::max(1, static_cast<int>(std::ceil(epochs_done))),
      epoch.samples > 0 ? fmt::format(
                              " loss {:.3f} Acc@1 {:.1f}",
                              epoch.mean_loss(),
                              epoch.accuracy1())
                        : "",
      images_per_second);
}

}  // namespace convoy
