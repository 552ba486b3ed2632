// Draws a scene. The ranges here are the difficulty of the set.

#include "data/render/scene/scene.h"

#include "data/render/classes.h"
#include "data/render/draw.h"

namespace convoy {
namespace {

/// A display colour as linear light.
Rgb linear(Rgb display) {
  return display * display;
}

Rgb any_colour(SceneDraw& draw, float low_value, float high_value) {
  return linear(draw.colour({0, 0.0f, low_value}, {1, 0.25f, high_value}));
}

Rgb neutral(SceneDraw& draw, float low_value, float high_value) {
  return linear(draw.colour({0, 0, low_value}, {1, 0.12f, high_value}));
}

CameraDraw draw_camera(SceneDraw draw, const ClassView& view) {
  CameraDraw camera;
  camera.azimuth_deg = static_cast<float>(view.azimuth_deg) + draw.real(-5, 5);
  camera.elevation_deg = static_cast<float>(view.elevation_deg) +
                         (view.top ? draw.real(-5, 0) : draw.real(-2.5f, 2.5f));
  camera.roll_deg = draw.real(-1.5f, 1.5f);
  camera.distance = draw.real(1.9f, 3.0f);
  camera.fill = draw.real(0.83f, 0.93f);
  camera.shift_x = draw.real(-0.5f, 0.5f);
  camera.shift_y = draw.real(-0.5f, 0.5f);
  return camera;
}

ShapeDraw draw_shape(SceneDraw draw) {
  ShapeDraw shape;
  shape.length = draw.real(-1, 1);
  shape.width = draw.real(-1, 1);
  shape.height = draw.real(-1, 1);
  shape.cabin = draw.real(-1, 1);
  shape.nose = draw.real(-1, 1);
  shape.wheel = draw.real(-1, 1);
  shape.fittings = draw.real(-1, 1);
  shape.option = draw.chance(0.4f);
  shape.spokes = 4 + draw.below(4);
  return shape;
}

Rgb draw_body_colour(SceneDraw& draw) {
  if (draw.chance(0.35f)) {
    return neutral(draw, 0.38f, 1.0f);
  }
  return linear(draw.colour({0, 0.4f, 0.5f}, {1, 0.95f, 1.0f}));
}

PaintDraw draw_paint(SceneDraw draw) {
  PaintDraw paint;
  paint.body = draw_body_colour(draw);
  paint.second = draw_body_colour(draw);
  paint.cargo =
      draw.chance(0.6f) ? neutral(draw, 0.6f, 0.95f) : draw_body_colour(draw);
  paint.rim = neutral(draw, 0.35f, 0.9f);
  paint.glass = neutral(draw, 0.04f, 0.16f);
  paint.trim = neutral(draw, 0.12f, 0.35f);
  if (draw.chance(0.3f)) {
    paint.two_tone = draw.chance(0.5f) ? TwoTone::roof : TwoTone::lower;
  }
  paint.gloss = draw.real(0.2f, 1.0f);
  paint.metal = draw.real(0.0f, 0.6f);
  return paint;
}

LightDraw draw_light(SceneDraw draw) {
  const SinCos around = sin_cos(draw.real(0, 360));
  const SinCos up = sin_cos(draw.real(25, 75));
  LightDraw light;
  light.direction = {up.cos * around.cos, up.cos * around.sin, up.sin};
  const float strength = draw.real(0.35f, 1.0f);
  light.sun =
      linear(draw.colour({0.04f, 0.0f, 0.9f}, {0.16f, 0.35f, 1.0f})) * strength;
  light.sky = linear(draw.colour({0.52f, 0.0f, 0.65f}, {0.66f, 0.4f, 0.95f}));
  light.horizon = linear(draw.colour({0.0f, 0.0f, 0.75f}, {1.0f, 0.15f, 1.0f}));
  light.ground = linear(draw.colour({0.0f, 0.0f, 0.25f}, {0.3f, 0.3f, 0.5f}));
  return light;
}

/// Places as often as they are listed; a bare pattern is the rare one.
constexpr std::array kPlaces{
    Place::road,
    Place::road,
    Place::hall,
    Place::hall,
    Place::studio,
    Place::studio,
    Place::pattern};

BackgroundDraw draw_background(SceneDraw draw) {
  BackgroundDraw back;
  back.place = kPlaces[draw.below(kPlaces.size())];
  back.angle_deg = draw.real(0, 360);
  back.shadow = draw.real(0.35f, 0.85f);
  back.noise_key = draw.bits();
  for (float& number : back.numbers) {
    number = draw.real(0, 1);
  }
  if (back.place == Place::road) {
    back.colours = {
        neutral(draw, 0.28f, 0.6f),
        linear(draw.colour({0.08f, 0.15f, 0.25f}, {0.38f, 0.6f, 0.6f})),
        linear(draw.colour({0.53f, 0.1f, 0.5f}, {0.64f, 0.7f, 0.95f})),
        neutral(draw, 0.7f, 0.95f)};
    return back;
  }
  const bool hall = back.place == Place::hall;
  back.colours[0] =
      hall ? neutral(draw, 0.25f, 0.8f) : any_colour(draw, 0.15f, 0.9f);
  back.colours[1] = any_colour(draw, 0.2f, 0.8f);
  back.colours[2] = any_colour(draw, 0.3f, 0.95f);
  back.colours[3] = any_colour(draw, 0.15f, 0.8f);
  if (back.place == Place::pattern) {
    // Camouflage would hide the vehicle rather than set it off.
    for (Rgb& colour : back.colours) {
      colour = mix(back.colours[0], colour, 0.4f);
    }
  }
  return back;
}

std::vector<ClutterDraw> draw_clutter(SceneDraw draw) {
  std::vector<ClutterDraw> all(static_cast<std::size_t>(draw.below(2)));
  for (ClutterDraw& thing : all) {
    thing.angle_deg = draw.real(0, 360);
    thing.distance = draw.real(0, 4);
    thing.half = {
        draw.real(0.15f, 0.9f), draw.real(0.15f, 0.9f), draw.real(0.2f, 1.3f)};
    thing.turn_deg = draw.real(0, 90);
    thing.colour = any_colour(draw, 0.15f, 0.9f);
    thing.round = draw.chance(0.3f);
  }
  return all;
}

OccluderDraw draw_occluder(SceneDraw& draw) {
  OccluderDraw occluder;
  occluder.kind = static_cast<OccluderKind>(draw.below(3));
  occluder.x = draw.real(0.05f, 0.95f);
  occluder.colour = any_colour(draw, 0.1f, 0.9f);
  occluder.second = any_colour(draw, 0.1f, 0.9f);
  if (occluder.kind == OccluderKind::post) {
    occluder.y = 0.5f;
    occluder.width = draw.real(0.02f, 0.07f);
    occluder.height = draw.real(0.15f, 0.6f);
    occluder.tilt_deg = draw.real(-15, 15);
  } else if (occluder.kind == OccluderKind::crate) {
    occluder.y = draw.real(0.72f, 0.95f);
    occluder.width = draw.real(0.1f, 0.3f);
    occluder.height = 1.0f;
    occluder.tilt_deg = draw.real(-3, 3);
  } else {
    occluder.y = draw.real(0.45f, 0.75f);
    occluder.height = draw.real(0.3f, 0.6f);
    occluder.tilt_deg = draw.real(-4, 4);
  }
  return occluder;
}

std::vector<OccluderDraw> draw_occluders(SceneDraw draw) {
  std::vector<OccluderDraw> all;
  for (int left = draw.chance(0.12f) ? 1 : 0; left > 0; --left) {
    all.push_back(draw_occluder(draw));
  }
  return all;
}

LensDraw draw_lens(SceneDraw draw) {
  LensDraw lens;
  lens.exposure = draw.real(1.0f, 1.6f);
  lens.contrast = draw.real(0.92f, 1.2f);
  lens.blur = draw.real(0.0f, 0.18f);
  lens.noise = draw.real(0.002f, 0.012f);
  lens.vignette = draw.real(0.0f, 0.35f);
  lens.white = {draw.real(0.9f, 1.1f), 1.0f, draw.real(0.9f, 1.1f)};
  return lens;
}

}  // namespace

Scene draw_scene(std::uint64_t seed, const RenderKey& key) {
  const ClassView view = view_of_class(key.class_id);
  const auto stream = [&](Purpose purpose) {
    return SceneDraw(seed, key, purpose);
  };
  Scene scene;
  scene.type = view.type;
  scene.camera = draw_camera(stream(Purpose::camera), view);
  scene.shape = draw_shape(stream(Purpose::shape));
  scene.paint = draw_paint(stream(Purpose::paint));
  scene.light = draw_light(stream(Purpose::light));
  scene.background = draw_background(stream(Purpose::background));
  scene.clutter = draw_clutter(stream(Purpose::clutter));
  scene.occluders = draw_occluders(stream(Purpose::occluders));
  scene.lens = draw_lens(stream(Purpose::lens));
  return scene;
}

}  // namespace convoy
