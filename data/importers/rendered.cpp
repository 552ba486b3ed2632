#include "data/importers/rendered.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <span>

#include "data/errors.h"
#include "data/image/encode.h"
#include "data/importers/ordered.h"
#include "data/render/render.h"
#include "data/store/durable.h"
#include "data/store/new_folder.h"
#include "data/store/writer.h"

namespace convoy {
namespace {

// Says that a folder was rendered, so that overwrite may replace it.
constexpr const char* kMarker = ".rendered";

void check_range(std::string_view what, int value, int low, int high) {
  if (value < low || value > high) {
    throw BadData(fmt::format(
        "render: {} is {}; wanted {} to {}", what, value, low, high));
  }
}

void check(const RenderedSetOptions& options) {
  constexpr int kMostPerClass = 10'000'000;
  if (options.output.empty()) {
    throw BadData("render: no output given; name the folder to write");
  }
  check_range("px", options.size_px, 32, 512);
  check_range("train", options.train_per_class, 1, kMostPerClass);
  check_range("val", options.val_per_class, 0, kMostPerClass);
  check_range("quality", options.jpeg_quality, 1, 100);
}

// A drawn set can be drawn again, so its files are not forced to the disk one
// by one.
void write_file(
    const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file.write(
      reinterpret_cast<const char*>(bytes.data()),
      static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) {
    throw_write_failure(
        errno != 0 ? errno : EIO, "write a picture", path.string());
  }
}

struct Picture {
  RenderKey key;
  std::vector<std::uint8_t> jpeg;
};
using Take = std::function<void(const Picture&)>;

class RenderedSet {
 public:
  RenderedSet(const RenderedSetOptions& options, const ScanProgress& progress)
      : options_(options),
        progress_(progress),
        classes_(render_class_names()) {}

  void write_databases() {
    // Both are begun before the first picture is drawn: a target that is in
    // the way is found at once.
    Writer train = writer(Split::train);
    std::optional<Writer> val;
    if (options_.val_per_class > 0) {
      val.emplace(writer(Split::val));
    }
    fill(Split::train, train);
    if (val) {
      fill(Split::val, *val);
    }
  }

  void write_folders() {
    NewFolder folder(options_.output, options_.overwrite, kMarker);
    const std::filesystem::path root = folder.path();
    for (const Split split : {Split::train, Split::val}) {
      if (per_class(split) == 0) {
        continue;
      }
      for (const std::string& name : classes_) {
        make_folder(root / name_of(split) / name);
      }
      draw(split, [&](const Picture& picture) {
        const auto file = root / name_of(split) /
                          classes_[picture.key.class_id] /
                          fmt::format("{:06}.jpg", picture.key.sample);
        write_file(file, picture.jpeg);
      });
    }
    write_durably(
        (root / kMarker).string(), fmt::format("seed {}\n", options_.seed));
    folder.publish();
  }

 private:
  int per_class(Split split) const {
    return split == Split::train ? options_.train_per_class
                                 : options_.val_per_class;
  }
  std::size_t count(Split split) const {
    return classes_.size() * static_cast<std::size_t>(per_class(split));
  }

  static void make_folder(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) {
      throw_write_failure(error.value(), "create a folder", path.string());
    }
  }

  Writer writer(Split split) const {
    const auto path = std::filesystem::path(options_.output) /
                      fmt::format("{}.lmdb", name_of(split));
    return Writer(path.string(), {.overwrite = options_.overwrite});
  }

  void fill(Split split, Writer& writer) {
    std::size_t number = 0;
    draw(split, [&](const Picture& picture) {
      Datum datum;
      datum.channels = 3;
      datum.height = options_.size_px;
      datum.width = options_.size_px;
      datum.label = picture.key.class_id;
      datum.has_label = true;
      datum.encoded = true;
      datum.data = picture.jpeg;
      writer.add(
          fmt::format(
              "{:08}_{}/{:06}",
              number++,
              classes_[picture.key.class_id],
              picture.key.sample),
          datum);
    });
    writer.finish(
        {classes_,
         {{"command", "dataset render"},
          {"part", std::string(name_of(split))},
          {"seed", std::to_string(options_.seed)},
          {"jpeg_quality", std::to_string(options_.jpeg_quality)}}});
  }

  // Draws a split on all workers and hands the pictures over in order.
  void draw(Split split, const Take& take) {
    const int workers = worker_count(options_.workers);
    std::vector<Image> canvases(workers);
    const int classes = static_cast<int>(classes_.size());
    for_each_in_order(
        count(split),
        workers,
        [&](int worker, std::size_t index) {
          const auto i = static_cast<std::int64_t>(index);
          Picture picture{
              {split, static_cast<int>(i % classes), i / classes}, {}};
          render_vehicle(
              {options_.size_px, options_.seed}, picture.key, canvases[worker]);
          encode_jpeg(
              canvases[worker],
              {.quality = options_.jpeg_quality},
              picture.jpeg);
          return picture;
        },
        [&](std::size_t, const Picture& picture) {
          take(picture);
          if (progress_) {
            progress_(++done_, count(Split::train) + count(Split::val));
          }
        });
  }

  const RenderedSetOptions& options_;
  const ScanProgress& progress_;
  const std::vector<std::string> classes_;
  std::size_t done_ = 0;
};

}  // namespace

void render_set(
    const RenderedSetOptions& options, const ScanProgress& progress) {
  check(options);
  RenderedSet set(options, progress);
  if (options.as_folders) {
    set.write_folders();
  } else {
    set.write_databases();
  }
}

}  // namespace convoy
