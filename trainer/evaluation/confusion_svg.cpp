#include "trainer/evaluation/confusion_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data/store/printable.h"
#include "trainer/evaluation/markup.h"
#include "trainer/evaluation/matrix_layout.h"

namespace convoy {
namespace {

class MatrixPicture {
 public:
  MatrixPicture(
      const ConfusionMatrix& matrix, const std::vector<std::string>& names)
      : matrix_(matrix), names_(names), layout_(matrix_layout(matrix, names)) {
    if (matrix.has_unsure()) {
      legend_.emplace_back(kUnsureColour, "unsure");
    }
  }

  std::string draw() {
    const double right = layout_.left + layout_.at(matrix_.columns());
    const double bottom = layout_.top + layout_.at(matrix_.classes());
    const double width = std::max(right + 20, 520.0);
    const double height =
        bottom + 42 + kLegendStep * static_cast<double>(legend_.size());
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} "
        "{1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "font-family=\"sans-serif\">\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
        width,
        height);
    draw_title();
    draw_cells();
    draw_frame();
    if (layout_.font > 0) {
      draw_names();
    }
    draw_legend(bottom + 18);
    return text_ + "</svg>\n";
  }

 private:
  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    text_ += fmt::format(format, std::forward<Parts>(parts)...);
  }

  std::string column_name(std::int64_t column) const {
    return column < matrix_.classes() ? names_[column] : "unsure";
  }

  void draw_title() {
    std::int64_t samples = 0;
    for (std::int64_t row = 0; row < matrix_.classes(); ++row) {
      samples += matrix_.support(row);
    }
    add("<text x=\"10\" y=\"20\" font-size=\"14\" font-weight=\"bold\">"
        "Confusion of {} samples</text>\n",
        samples);
    add("<text x=\"10\" y=\"36\" font-size=\"12\" fill=\"#555\">Rows: true "
        "class. Columns: predicted class.</text>\n");
  }

  void draw_cells() {
    for (std::int64_t row = 0; row < matrix_.classes(); ++row) {
      const std::int64_t support = matrix_.support(row);
      for (std::int64_t column = 0; column < matrix_.columns(); ++column) {
        if (matrix_.at(row, column) > 0) {
          draw_cell(row, column, support);
        }
      }
    }
  }

  void draw_cell(std::int64_t row, std::int64_t column, std::int64_t support) {
    const std::int64_t count = matrix_.at(row, column);
    const double share =
        static_cast<double>(count) / static_cast<double>(support);
    const auto& hue = column == matrix_.classes() ? kUnsureColour
                      : column == row             ? kHitColour
                                                  : kErrorColour;
    const double x = layout_.left + layout_.at(column);
    const double y = layout_.top + layout_.at(row);
    add("<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.2f}\" "
        "height=\"{2:.2f}\" "
        "fill=\"{3}\"><title>{4} taken for {5}: {6} of {7} ({8:.1f} "
        "%)</title></rect>\n",
        x,
        y,
        layout_.cell,
        share_colour(share, hue),
        escaped(names_[row]),
        escaped(column_name(column)),
        count,
        support,
        100 * share);
    if (layout_.counts) {
      draw_count(x, y, count, share);
    }
  }

  void draw_count(double x, double y, std::int64_t count, double share) {
    const std::string digits = std::to_string(count);
    const double fits = layout_.cell * 1.5 / static_cast<double>(digits.size());
    const double font = std::min({14.0, layout_.cell * 0.45, fits});
    add("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.1f}\" "
        "text-anchor=\"middle\" fill=\"{}\" pointer-events=\"none\">{}"
        "</text>\n",
        x + layout_.cell / 2,
        y + layout_.cell / 2 + font * 0.35,
        font,
        share > 0.25 ? "#fff" : "#000",
        digits);
  }

  /// Lines between all classes, or between tens of them where they are many.
  void draw_frame() {
    const std::int64_t every = matrix_.classes() <= 60 ? 1 : 10;
    const double right = layout_.left + layout_.at(matrix_.columns());
    const double bottom = layout_.top + layout_.at(matrix_.classes());
    std::string path;
    for (std::int64_t i = 0; i <= matrix_.columns(); ++i) {
      if (i % every == 0 || i >= matrix_.classes()) {
        path += fmt::format(
            "M{0:.1f} {1:.1f}V{2:.1f}",
            layout_.left + layout_.at(i),
            layout_.top,
            bottom);
      }
    }
    for (std::int64_t i = 0; i <= matrix_.classes(); ++i) {
      if (i % every == 0 || i == matrix_.classes()) {
        path += fmt::format(
            "M{0:.1f} {1:.1f}H{2:.1f}",
            layout_.left,
            layout_.top + layout_.at(i),
            right);
      }
    }
    add("<path d=\"{}\" stroke=\"#bbb\" stroke-width=\"0.5\" "
        "fill=\"none\"/>\n",
        path);
  }

  void draw_names() {
    const auto shown = [](const std::string& name) {
      return escaped(shortened(printable(name), kMostNameLetters));
    };
    add("<g font-size=\"{}\" text-anchor=\"end\">\n", layout_.font);
    for (std::int64_t row = 0; row < matrix_.classes(); ++row) {
      add("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
          layout_.left - 5,
          layout_.top + layout_.at(row) + layout_.cell / 2 +
              layout_.font * 0.35,
          shown(names_[row]));
    }
    add("</g>\n<g font-size=\"{}\">\n", layout_.font);
    for (std::int64_t column = 0; column < matrix_.columns(); ++column) {
      add("<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\">{}"
          "</text>\n",
          layout_.left + layout_.at(column) + layout_.cell / 2 +
              layout_.font * 0.35,
          layout_.top - 5,
          shown(column_name(column)));
    }
    add("</g>\n");
  }

  /// What each colour means; hits, errors and unsure below each other.
  void draw_legend(double y) {
    const double below = y + kLegendStep * static_cast<double>(legend_.size());
    add("<text x=\"10\" y=\"{:.1f}\" font-size=\"12\">Share of the row:"
        "</text>\n",
        (y + below) / 2 + 3);
    double x = 120;
    for (const double share : {0.01, 0.05, 0.1, 0.25, 0.5, 1.0}) {
      draw_legend_column(x, y, share);
      add("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\" "
          "text-anchor=\"middle\">{:.0f} %</text>\n",
          x + 22,
          below + 11,
          100 * share);
      x += 48;
    }
    for (std::size_t row = 0; row < legend_.size(); ++row) {
      add("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"12\">{}</text>\n",
          x,
          y + kLegendStep * static_cast<double>(row) + 10,
          legend_[row].second);
    }
  }

  void draw_legend_column(double x, double y, double share) {
    for (const auto& row : legend_) {
      add("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"44\" height=\"12\" "
          "fill=\"{}\"/>\n",
          x,
          y,
          share_colour(share, row.first));
      y += kLegendStep;
    }
  }

  static constexpr double kLegendStep = 14;

  const ConfusionMatrix& matrix_;
  const std::vector<std::string>& names_;
  MatrixLayout layout_;
  std::vector<std::pair<Rgb, const char*>> legend_{
      {kHitColour, "hits"}, {kErrorColour, "errors"}};
  std::string text_;
};

}  // namespace

std::string confusion_svg(
    const ConfusionMatrix& matrix,
    const std::vector<std::string>& class_names) {
  return MatrixPicture(matrix, class_names).draw();
}

}  // namespace convoy
