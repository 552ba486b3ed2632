#pragma once
// Everything that is drawn by chance about one picture, before a pixel exists.

#include <array>
#include <cstdint>
#include <vector>

#include "data/render/render.h"
#include "data/render/vec.h"

namespace convoy {

enum class VehicleType { pickup, sedan, truck, van };  ///< in class order

/// Where the camera stands and how it is held.
struct CameraDraw {
  float azimuth_deg = 0;    ///< counter-clockwise from the vehicle's front
  float elevation_deg = 0;  ///< above the ground
  float roll_deg = 0;       ///< in the picture plane
  float distance = 2;       ///< eye to vehicle over vehicle length: perspective
  float fill = 0.8f;        ///< vehicle's longer side over picture's side
  float shift_x =
      0;  ///< from the picture's centre, in parts of the free margin
  float shift_y = 0;
};

/// How this vehicle differs from the next one of its type; each -1 to 1.
struct ShapeDraw {
  float length = 0, width = 0, height = 0, cabin = 0, nose = 0, wheel = 0;
  float fittings = 0;  ///< lamps and mirrors: size
  bool option =
      false;  ///< van: passenger windows; truck: deflector; pickup: bar
  int spokes = 5;
};

enum class TwoTone { none, roof, lower };

struct PaintDraw {
  Rgb body, second, cargo, rim, glass, trim;
  TwoTone two_tone = TwoTone::none;
  float gloss = 0.5f;  ///< 0 matt, 1 fresh lacquer
  float metal = 0;     ///< how much the tone turns with the viewing angle
};

struct LightDraw {
  Vec3 direction;  ///< towards the light, unit length
  Rgb sun, sky, horizon, ground;
};

enum class Place { road, hall, studio, pattern };

struct BackgroundDraw {
  Place place = Place::road;
  std::array<Rgb, 4> colours{};
  std::array<float, 6> numbers{};  ///< 0..1; each place reads them its own way
  float angle_deg = 0;             ///< of road, tiles, stripes or gradient
  float shadow = 0.5f;             ///< how dark the vehicle's shadow is
  std::uint32_t noise_key = 0;
};

/// A box or barrel that stands about.
struct ClutterDraw {
  float angle_deg = 0, distance = 0;  ///< from the vehicle's centre, in metres
  Vec3 half;                          ///< half sizes
  float turn_deg = 0;
  Rgb colour;
  bool round = false;
};

enum class OccluderKind { post, crate, person };

/// Something between camera and vehicle, in parts of the picture's side.
struct OccluderDraw {
  OccluderKind kind = OccluderKind::post;
  float x = 0, y = 0;  ///< centre of a post, else middle of the upper edge
  float width = 0, height = 0;
  float tilt_deg = 0;
  Rgb colour, second;
};

/// What lens and sensor do.
struct LensDraw {
  float exposure = 1, contrast = 1, blur = 0, noise = 0, vignette = 0;
  Rgb white{1, 1, 1};
};

struct Scene {
  VehicleType type = VehicleType::sedan;
  CameraDraw camera;
  ShapeDraw shape;
  PaintDraw paint;
  LightDraw light;
  BackgroundDraw background;
  std::vector<ClutterDraw> clutter;
  std::vector<OccluderDraw> occluders;
  LensDraw lens;
};

/// The scene of one picture. Pure; `key` is in range.
Scene draw_scene(std::uint64_t seed, const RenderKey& key);

}  // namespace convoy
