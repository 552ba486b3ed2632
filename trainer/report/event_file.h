#pragma once
// TensorBoard's event files: TFRecords that each hold a message `Event` of
// TensorFlow's event.proto and summary.proto. The only door to protozero beside
// data/store/.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace convoy {

/// How the names of event files begin.
constexpr std::string_view kEventFilePrefix = "events.out.tfevents.";

/// A point of a curve.
struct TaggedScalar {
  std::string tag;
  double value = 0;
};

/// A picture as a PNG.
struct TaggedPicture {
  std::string tag;
  int height = 0;
  int width = 0;
  int channels = 3;  ///< of the PNG: 1 or 3
  std::string png;
};

/// When, in seconds since 1970, and in which step of the run.
struct EventTime {
  double wall = 0;
  std::int64_t step = 0;
};

/// Messages `Event`, serialised.
std::string version_event(double wall);  ///< a file's first
/// A session begins: what earlier files say of this step and later ones is
/// void.
std::string start_event(const EventTime& time);
std::string scalars_event(
    const EventTime& time, const std::vector<TaggedScalar>& scalars);
std::string picture_event(const EventTime& time, const TaggedPicture& picture);

/// A file in the making. Each record is handed to the system whole, so that a
/// run that is killed leaves what it had.
class EventFile {
 public:
  /// Makes FOLDER/events.out.tfevents.TIME.HOST, a new file every time, with
  /// the version in it. Throws WriteFailure.
  EventFile(const std::filesystem::path& folder, const std::string& host);

  /// Appends an event. Throws WriteFailure; the file may then end in half a
  /// record, at which readers stop, so nothing more belongs into it.
  void append(const std::string& event);

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, std::fclose};
};

/// Seconds since 1970, for EventTime.
double wall_seconds();

}  // namespace convoy
