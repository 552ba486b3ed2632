#include "trainer/evaluation/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "data/errors.h"

namespace convoy {
namespace {

/// Reads one row after another.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) {
      at_ = kByteOrderMark.size();
    }
  }

  bool at_end() const { return at_ >= text_.size(); }

  CsvRow row() {
    CsvRow row{line_, {}};
    do {
      row.fields.push_back(field());
    } while (take(','));
    take('\r');
    if (!at_end() && !take('\n')) {
      throw BadData(fmt::format(
          "line {}: a quote inside a field; want it doubled, and the field in "
          "quotes",
          line_));
    }
    line_ += 1;
    return row;
  }

 private:
  bool take(char wanted) {
    const bool is_there = !at_end() && text_[at_] == wanted;
    at_ += is_there ? 1 : 0;
    return is_there;
  }

  std::string field() { return take('"') ? quoted() : plain(); }

  std::string plain() {
    const std::size_t end =
        std::min(text_.find_first_of(",\"\r\n", at_), text_.size());
    const std::string_view found = text_.substr(at_, end - at_);
    at_ = end;
    return std::string(found);
  }

  /// Behind the opening quote.
  std::string quoted() {
    const int opened = line_;
    std::string content;
    for (; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        if (at_end() || text_[at_] != '"') {
          return content;
        }
      }
      line_ += c == '\n' ? 1 : 0;
      content += c;
    }
    throw BadData(
        fmt::format("line {}: a quote opens that is not closed", opened));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + '"';
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += (i == 0 ? "" : ",") + csv_field(fields[i]);
  }
  return line + '\n';
}

std::vector<CsvRow> read_csv(std::string_view text) {
  std::vector<CsvRow> rows;
  for (CsvReader reader(text); !reader.at_end();) {
    CsvRow row = reader.row();
    if (row.fields.size() > 1 || !row.fields[0].empty()) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace convoy
