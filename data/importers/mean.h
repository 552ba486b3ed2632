#pragma once
// The mean picture of a dataset, as Caffe subtracts it.

#include <vector>

#include "data/store/database.h"
#include "data/store/mean_file.h"
#include "data/store/scan.h"

namespace convoy {

struct DatasetMean {
  /// One value a pixel when all pictures have one size; else height and width
  /// are 1.
  MeanImage image;
  bool per_pixel = false;
  /// In Caffe's order: BGR, or gray. 0..255, but for float_data records.
  std::vector<double> channel_mean;
  std::vector<double> channel_stddev;  ///< of pixels, in the same order
};

struct MeanOptions {
  int channels = 0;  ///< 3 or 1; 0 = as the first record
  int workers = 0;   ///< threads; 0 = as many as this process may use
};

/// float_data records count with the values they hold, as in Caffe and in
/// training. The result does not depend on the number of threads. Throws
/// BadData for an empty database or at the first record that can't be used.
DatasetMean compute_mean(
    const Database& database,
    const MeanOptions& options = {},
    const ScanProgress& progress = {});

}  // namespace convoy
