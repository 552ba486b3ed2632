#pragma once
// Which vehicle and side a class id stands for.

#include <string>

#include "data/render/scene/scene.h"

namespace convoy {

inline constexpr int kVehicleTypes = 4;
inline constexpr int kPerspectives =
    25;  ///< 8 azimuths x 3 elevations, and the top
inline constexpr int kRenderClasses = kVehicleTypes * kPerspectives;

struct ClassView {
  VehicleType type = VehicleType::pickup;
  bool top = false;
  int azimuth_deg = 0;
  int elevation_deg = 0;  ///< 90 from the top
};

/// REQUIRES 0 <= class_id < kRenderClasses.
ClassView view_of_class(int class_id);

/// Names sort in the order of class ids.
std::string class_name(const ClassView& view);

}  // namespace convoy
