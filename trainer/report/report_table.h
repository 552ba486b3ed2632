#pragma once
// A table of text, for the console and for Markdown.

#include <string>
#include <vector>

namespace convoy {

struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
};

/// The title, then a line of columns and one for each row, aligned at the
/// right.
std::string as_text(const ReportTable& table);

/// The title as a paragraph, then a table of Markdown.
std::string as_markdown(const ReportTable& table);

}  // namespace convoy
