// Lofts body and cabin into sheets.

#include "data/render/vehicles/body.h"

#include <array>

namespace convoy {
namespace {

/// The left half of every cross-section, from sill to centre line: half widths,
/// and heights between floor (0) and top (1).
constexpr std::array<std::array<float, 2>, 7> kProfile{
    {{0.93f, 0.0f},
     {1.0f, 0.22f},
     {1.0f, 0.50f},
     {0.97f, 0.82f},
     {0.90f, 0.96f},
     {0.50f, 1.02f},
     {0.0f, 1.035f}}};
constexpr int kHalf = static_cast<int>(kProfile.size());
constexpr int kAcross = 2 * kHalf - 1;

/// One row of points; `flat` 0 squeezes it onto the centre plane, which closes
/// the end.
void add_section(Sheet& sheet, const Station& station, float flat) {
  for (int i = 0; i < kAcross; ++i) {
    const bool left = i < kHalf;
    const auto& [wide, high] = kProfile[left ? i : kAcross - 1 - i];
    const float y = station.half_width * wide * flat;
    sheet.points.push_back(
        {station.x, left ? y : -y, mix(station.floor, station.top, high)});
  }
  ++sheet.rows;
}

/// The left half of a ring from front to rear, before the right half mirrors
/// it.
std::vector<Vec3> half_ring(const Ring& ring, const std::vector<float>& posts) {
  const float front = ring.front - 0.04f;
  const float rear = ring.rear + 0.04f;
  std::vector<Vec3> points{
      {ring.front + ring.bow, 0, ring.z},
      {ring.front + 0.8f * ring.bow, ring.half_width * 0.5f, ring.z},
      {ring.front, ring.half_width * 0.92f, ring.z}};
  for (const float post : posts) {
    points.push_back({mix(front, rear, post), ring.half_width, ring.z});
  }
  points.push_back({ring.rear, ring.half_width * 0.92f, ring.z});
  points.push_back(
      {ring.rear - 0.4f * ring.bow, ring.half_width * 0.5f, ring.z});
  points.push_back({ring.rear - 0.5f * ring.bow, 0, ring.z});
  return points;
}

std::vector<float> post_positions(const std::vector<SideWindow>& windows) {
  std::vector<float> posts{0.0f};
  for (const SideWindow& window : windows) {
    posts.push_back(window.begin);
    posts.push_back(window.end);
  }
  posts.push_back(1.0f);
  return posts;
}

/// Is the cell after point `i` of a half ring of `count` points a window?
bool is_window(const Cabin& cabin, int i, int count) {
  if (i < 2) {
    return true;
  }
  if (i >= count - 3) {
    return cabin.rear_window;
  }
  // Points 3, 4, ... are posts: 0, begin, end, begin, end, ..., 1.
  return i > 3 && i < count - 4 && i % 2 == 0;
}

Material cabin_material(const Cabin& cabin, int row, int i, int count) {
  if (row == cabin.glass_row && is_window(cabin, i, count)) {
    return Material::glass;
  }
  return row > cabin.glass_row ? cabin.roof : cabin.body;
}

}  // namespace

void add_body(
    Mesh& mesh, const std::vector<Station>& stations, const BodyPaint& paint) {
  Sheet sheet;
  sheet.columns = kAcross;
  add_section(sheet, stations.front(), 0);
  for (const Station& station : stations) {
    add_section(sheet, station, 1);
  }
  add_section(sheet, stations.back(), 0);
  for (int row = 0; row + 1 < sheet.rows; ++row) {
    for (int i = 0; i + 1 < kAcross; ++i) {
      const bool low = i < 2 || i >= kAcross - 3;
      sheet.cells.push_back(low ? paint.lower : paint.upper);
    }
  }
  add_sheet(mesh, sheet);
}

void add_cabin(Mesh& mesh, const Cabin& cabin) {
  const std::vector<float> posts = post_positions(cabin.windows);
  const int half = static_cast<int>(posts.size()) + 6;
  Sheet sheet;
  sheet.columns = 2 * half - 1;
  sheet.closed = true;
  const auto add_ring = [&](const Ring& ring) {
    const std::vector<Vec3> points = half_ring(ring, posts);
    sheet.points.insert(sheet.points.end(), points.begin(), points.end());
    for (int i = half - 2; i >= 0; --i) {
      sheet.points.push_back(points[i] * Vec3{1, -1, 1});
    }
    ++sheet.rows;
  };
  for (const Ring& ring : cabin.rings) {
    add_ring(ring);
  }
  Ring lid = cabin.rings.back();
  lid.half_width = 0;
  add_ring(lid);
  for (int row = 0; row + 1 < sheet.rows; ++row) {
    for (int i = 0; i + 1 < sheet.columns; ++i) {
      const int left = i < half - 1 ? i : sheet.columns - 2 - i;
      sheet.cells.push_back(cabin_material(cabin, row, left, half));
    }
  }
  add_sheet(mesh, sheet);
}

}  // namespace convoy
