#pragma once
// Antialiased bilinear resizing of 8-bit pictures, bit for bit as Pillow does
// it (Image.resize(size, BILINEAR, box=box)): two passes, the horizontal one
// first, with 8-bit pixels between them and 22-bit fixed-point weights.

#include <cstdint>
#include <memory>
#include <optional>

#include "data/image/image.h"

namespace convoy {

/// A part of a picture in pixels, fractions allowed; (0, 0) is the upper left
/// corner.
struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// `box` of the picture is scaled to a grid of `height` x `width` pixels;
/// `window` of that grid is what comes out, flipped after it was cut. The
/// window may reach beyond the grid where the picture goes on beyond the box.
struct ResizePlan {
  Box box;
  int height = 0;
  int width = 0;
  Window window;
  bool flip_horizontal = false;
  bool flip_vertical = false;
  /// Cut out first, as Image.crop(): `box` lies in it, and what is outside of
  /// it does not bleed in, as it would at the edges of a box.
  std::optional<Window> crop = std::nullopt;
};

/// The pixels of a picture of `size` that a plan looks at, and few others.
Window resized_window(const ResizePlan& plan, const PictureSize& size);

/// Which code does the work. All give the same bits; tests compare them.
enum class Simd { portable, avx2 };

/// The fastest that this CPU can run.
Simd best_simd();

/// Resizes with scratch memory that is kept between calls: give each thread its
/// own.
class Resizer {
 public:
  explicit Resizer(Simd simd = best_simd());
  ~Resizer();
  Resizer(Resizer&&) noexcept;
  Resizer& operator=(Resizer&&) noexcept;

  /// `out` becomes window.height x window.width x in.channels (1 or 3); it must
  /// not be `in`. Throws std::logic_error when a size is not positive, the box
  /// leaves the picture or a pixel of the window has its centre outside of the
  /// picture.
  void run(const Image& in, const ResizePlan& plan, Image& out);

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

/// The whole picture as height x width. Throws as Resizer::run.
void resize(const Image& in, int height, int width, Image& out);

/// A box of it as height x width.
void resize(const Image& in, const Box& box, int height, int width, Image& out);

}  // namespace convoy
