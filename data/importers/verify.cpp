#include "data/importers/verify.h"

#include <fmt/format.h>

#include <cmath>

#include "data/errors.h"
#include "data/image/decode.h"
#include "data/importers/ordered.h"
#include "data/store/pixels.h"
#include "data/store/printable.h"

namespace convoy {
namespace {

// What one record is found to be.
struct Finding {
  std::string_view key;
  std::string reason;  // empty: nothing is wrong
  bool bad = false;
  bool has_checksum = false;
};

class Inspector {
 public:
  Finding look(const Database& database, std::size_t index) {
    Finding finding;
    try {
      const Record record = database.read(index);
      finding.key = record.key;
      look_at(record, finding);
    } catch (const BadData& error) {
      finding.bad = true;
      finding.reason = error.what();
    }
    return finding;
  }

 private:
  void look_at(const Record& record, Finding& finding) {
    parse_datum(record.value, datum_);
    finding.has_checksum = datum_.checksum.has_value();
    check_payload(datum_);
    check_checksum(datum_);
    if (datum_.encoded) {
      if (decoder_.decode(datum_.data, image_).damaged) {
        finding.reason = "the picture decodes, but with signs of damage";
      }
      check_segments();
    } else if (!datum_.float_data.empty()) {
      // Any finite values: training takes them as they are.
      for (const float value : datum_.float_data) {
        if (!std::isfinite(value)) {
          throw BadData(
              fmt::format("it holds {}, which is no finite number", value));
        }
      }
    } else {
      to_image(datum_, decoder_, image_);
    }
  }

  /// What they lead to must be the picture.
  void check_segments() {
    if (datum_.segments.empty()) {
      return;
    }
    decoder_.decode_needed(
        datum_.data,
        datum_.segments,
        [](const PictureSize& size) {
          return Window{0, 0, size.width, size.height};
        },
        in_parts_);
    if (in_parts_.pixels != image_.pixels) {
      throw BadData(
          "decoded by its segments (field 1002) it is another picture");
    }
  }

  Decoder decoder_;
  Datum datum_;
  Image image_;
  Image in_parts_;
};

}  // namespace

VerifyReport verify(
    const Database& database, int workers, const ScanProgress& progress) {
  VerifyReport report;
  report.records = database.size();
  std::vector<Inspector> inspectors(worker_count(workers));
  for_each_in_order(
      database.size(),
      worker_count(workers),
      [&](int worker, std::size_t index) {
        return inspectors[worker].look(database, index);
      },
      [&](std::size_t index, const Finding& finding) {
        report.checksums += finding.has_checksum ? 1 : 0;
        if (!finding.reason.empty()) {
          auto& list = finding.bad ? report.bad : report.doubtful;
          list.push_back({printable(finding.key), finding.reason});
        }
        if (progress) {
          progress(index + 1, database.size());
        }
      });
  return report;
}

}  // namespace convoy
