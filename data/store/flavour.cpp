#include "data/store/flavour.h"

#include <algorithm>

#include "data/errors.h"
#include "data/image/sniff.h"

namespace convoy {
namespace {

constexpr std::size_t kLooks = 8;

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// Datum keys by their shape: eight digits or more, an underscore, the rest.
Flavour by_key(std::string_view key, const Datum& datum) {
  const std::size_t underscore = key.find('_');
  if (underscore == std::string_view::npos || underscore < 8 ||
      !all_digits(key.substr(0, underscore))) {
    return Flavour::datum;
  }
  const std::string_view rest = key.substr(underscore + 1);
  return rest == std::to_string(datum.label) ? Flavour::digits : Flavour::caffe;
}

bool starts_like_pickle(std::span<const std::uint8_t> value) {
  return value.size() > 2 && value[0] == 0x80 && value[1] >= 2 && value[1] <= 5;
}

// A message in field 1, where a Datum has a number.
bool starts_like_tensors(std::span<const std::uint8_t> value) {
  return value.size() > 2 && value[0] == 0x0A;
}

Flavour look_at(const Record& record) {
  if (sniff(record.value)) {
    return Flavour::pictures;
  }
  if (starts_like_pickle(record.value)) {
    return Flavour::pickle;
  }
  try {
    Datum datum;
    parse_datum(record.value, datum);
    check_payload(datum);
    return datum.checksum ? Flavour::convoy : by_key(record.key, datum);
  } catch (const BadData&) {
    return starts_like_tensors(record.value) ? Flavour::caffe2
                                             : Flavour::unknown;
  }
}

}  // namespace

Flavour sniff_flavour(const Database& database) {
  if (database.size() == 0) {
    return Flavour::empty;
  }
  const std::size_t looks = std::min(kLooks, database.size());
  Flavour first = look_at(database.read(0));
  for (std::size_t i = 1; i < looks; ++i) {
    const Flavour next =
        look_at(database.read(i * (database.size() - 1) / (looks - 1)));
    // A damaged record among good ones does not count.
    first = is_readable(next) || !is_readable(first) ? next : first;
  }
  return first;
}

bool is_readable(Flavour flavour) {
  return flavour == Flavour::convoy || flavour == Flavour::digits ||
         flavour == Flavour::caffe || flavour == Flavour::datum;
}

std::string_view describe(Flavour flavour) {
  switch (flavour) {
    case Flavour::empty:
      return "no records";
    case Flavour::convoy:
      return "Caffe Datums with checksums, written by convoy";
    case Flavour::digits:
      return "Caffe Datums, written by DIGITS";
    case Flavour::caffe:
      return "Caffe Datums, as convert_imageset writes them";
    case Flavour::datum:
      return "Caffe Datums under keys of their own";
    case Flavour::caffe2:
      return "Caffe2 TensorProtos, which convoy does not read: write the "
             "pictures to a folder for each class, and import those";
    case Flavour::pickle:
      return "Python pickles, which convoy never executes: write the pictures "
             "to a folder for each class, and import those";
    case Flavour::pictures:
      return "picture files without labels: write them to a folder for each "
             "class, and import those";
    case Flavour::unknown:
      break;
  }
  return "records of a kind that convoy does not know";
}

}  // namespace convoy
