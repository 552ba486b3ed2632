#pragma once
// The log lines of a run, in torchvision's spelling of accuracies.

#include <string>

#include "distributed/cost_model.h"
#include "trainer/config/train_options.h"
#include "trainer/evaluation/hit_counts.h"
#include "trainer/loop/metrics.h"
#include "trainer/loop/schedule.h"
#include "trainer/report/records.h"

namespace convoy {

/// "Epoch: [3/25] [ 20/120] loss 1.2345 Acc@1 61.20 Acc@5 90.10 ...".
std::string interval_line(
    const IntervalRecord& record, const RunLength& length, int epochs);

/// What the exchange of gradients costs these ranks, and what of a step of
/// `step_s` seconds they are expected to wait for it.
std::string exchange_line(
    const AllReduceCost& cost,
    double bucket_mb,
    double step_s,
    double exposed_s);

/// "Test: Acc@1 87.300 Acc@5 99.100 loss 0.4321 (960 samples in 3.2 s)"; with
/// the figure that makes the best one where that is none of these.
std::string evaluation_line(
    const Validation& figures, BestBy best_by, double seconds);
/// " macro_f1 86.900"; nothing for a figure that stands in every line.
std::string macro_figure(const Shares& macro, BestBy by);

/// What stands behind a progress bar.
std::string progress_details(
    const Sums& epoch, double epochs_done, double images_per_second);

}  // namespace convoy
