// The table of classes: type, then azimuth, then elevation, the top view last.

#include "data/render/classes.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace convoy {
namespace {

// 45 degrees apart round the vehicle; upwards, eye level, a raised camera and a
// gantry.
constexpr int kAzimuthStep = 45;
constexpr std::array<int, 3> kElevations{5, 30, 60};
constexpr std::array<std::string_view, kVehicleTypes> kTypeNames{
    "pickup", "sedan", "truck", "van"};

}  // namespace

ClassView view_of_class(int class_id) {
  const int perspective = class_id % kPerspectives;
  ClassView view;
  view.type = static_cast<VehicleType>(class_id / kPerspectives);
  view.top = perspective == kPerspectives - 1;
  view.azimuth_deg = view.top ? 0 : perspective / 3 * kAzimuthStep;
  view.elevation_deg = view.top ? 90 : kElevations[perspective % 3];
  return view;
}

std::string class_name(const ClassView& view) {
  const std::string_view type = kTypeNames[static_cast<int>(view.type)];
  if (view.top) {
    return fmt::format("{}_top", type);
  }
  return fmt::format(
      "{}_az{:03d}_el{:02d}", type, view.azimuth_deg, view.elevation_deg);
}

}  // namespace convoy
