// Picks the builder.

#include "data/render/vehicles/vehicle.h"

namespace convoy {

void build_vehicle(VehicleType type, const VehicleLook& look, Mesh& mesh) {
  switch (type) {
    case VehicleType::pickup:
      return build_pickup(look, mesh);
    case VehicleType::sedan:
      return build_sedan(look, mesh);
    case VehicleType::truck:
      return build_truck(look, mesh);
    case VehicleType::van:
      return build_van(look, mesh);
  }
}

}  // namespace convoy
