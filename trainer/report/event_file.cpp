#include "trainer/report/event_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <protozero/pbf_writer.hpp>

#include "data/errors.h"
#include "trainer/report/tf_record.h"

namespace convoy {
namespace {

// Field numbers of event.proto and summary.proto.
namespace event_field {
enum : std::uint32_t {
  wall_time = 1,
  step = 2,
  file_version = 3,
  summary = 5,
  session_log = 7
};
}
namespace session_field {
enum : std::uint32_t { status = 1 };
}
namespace summary_field {
enum : std::uint32_t { value = 1 };
}
namespace value_field {
enum : std::uint32_t { tag = 1, simple_value = 2, image = 4 };
}
namespace image_field {
enum : std::uint32_t { height = 1, width = 2, colorspace = 3, encoded = 4 };
}

constexpr int kSessionStart = 1;  // SessionLog.SessionStatus.START

protozero::pbf_writer begin_event(const EventTime& time, std::string& out) {
  protozero::pbf_writer event(out);
  event.add_double(event_field::wall_time, time.wall);
  event.add_int64(event_field::step, time.step);
  return event;
}

[[noreturn]] void refuse_event_file(
    const std::filesystem::path& path, int error) {
  throw WriteFailure(
      fmt::format("can't write {}: {}", path.string(), std::strerror(error)));
}

}  // namespace

std::string version_event(double wall) {
  std::string out;
  protozero::pbf_writer event(out);
  event.add_double(event_field::wall_time, wall);
  event.add_string(event_field::file_version, "brain.Event:2");
  return out;
}

std::string start_event(const EventTime& time) {
  std::string out;
  auto event = begin_event(time, out);
  protozero::pbf_writer session(event, event_field::session_log);
  session.add_enum(session_field::status, kSessionStart);
  session.commit();
  return out;
}

std::string scalars_event(
    const EventTime& time, const std::vector<TaggedScalar>& scalars) {
  std::string out;
  auto event = begin_event(time, out);
  protozero::pbf_writer summary(event, event_field::summary);
  for (const TaggedScalar& scalar : scalars) {
    protozero::pbf_writer value(summary, summary_field::value);
    value.add_string(value_field::tag, scalar.tag);
    value.add_float(
        value_field::simple_value, static_cast<float>(scalar.value));
  }
  summary.commit();
  return out;
}

std::string picture_event(const EventTime& time, const TaggedPicture& picture) {
  std::string out;
  auto event = begin_event(time, out);
  protozero::pbf_writer summary(event, event_field::summary);
  protozero::pbf_writer value(summary, summary_field::value);
  value.add_string(value_field::tag, picture.tag);
  protozero::pbf_writer image(value, value_field::image);
  image.add_int32(image_field::height, picture.height);
  image.add_int32(image_field::width, picture.width);
  image.add_int32(image_field::colorspace, picture.channels);
  image.add_bytes(image_field::encoded, picture.png);
  image.commit();
  value.commit();
  summary.commit();
  return out;
}

EventFile::EventFile(
    const std::filesystem::path& folder, const std::string& host) {
  auto second = static_cast<std::int64_t>(wall_seconds());
  do {  // readers take files by name: a later session has a later second
    path_ = folder / fmt::format("{}{:010}.{}", kEventFilePrefix, second, host);
    file_.reset(std::fopen(path_.c_str(), "wxe"));
    ++second;
  } while (!file_ && errno == EEXIST);
  if (!file_) {
    refuse_event_file(path_, errno);
  }
  append(version_event(wall_seconds()));
}

void EventFile::append(const std::string& event) {
  const std::string record = tf_record(event);
  if (std::fwrite(record.data(), 1, record.size(), file_.get()) !=
          record.size() ||
      std::fflush(file_.get()) != 0) {
    refuse_event_file(path_, errno);
  }
}

double wall_seconds() {
  return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace convoy
