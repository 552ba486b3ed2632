#include "trainer/evaluation/tables.h"

#include <fmt/format.h>

#include <cmath>

#include "data/store/printable.h"
#include "trainer/evaluation/csv.h"

namespace convoy {
namespace {

std::string cell(double value) {
  return std::isnan(value) ? "" : fmt::format("{:.6f}", value);
}

/// A probability or a threshold, with all digits: it is compared with others.
std::string exact_cell(double value) {
  return fmt::format("{}", value);
}

std::string cell(std::int64_t count) {
  return std::to_string(count);
}

/// The cells of precision, recall and F1, of the top five behind those of the
/// top one.
std::vector<std::string> share_cells(const Shares& top1, const Shares& top5) {
  return {
      cell(top1.precision),
      cell(top1.recall),
      cell(top1.f1),
      cell(top5.precision),
      cell(top5.recall),
      cell(top5.f1)};
}

std::string per_class_line(
    std::vector<std::string> counts,
    const std::vector<std::string>& shares,
    const std::vector<std::string>& confused) {
  counts.insert(counts.end(), shares.begin(), shares.end());
  counts.insert(counts.end(), confused.begin(), confused.end());
  return csv_line(counts);
}

/// Names as they can be shown, one for each of the classes of a sample's top.
std::string top_names(
    const SampleResult& sample, const std::vector<std::string>& names) {
  std::string text;
  for (const std::int64_t c : sample.top) {
    if (c != kNoClass) {
      text += (text.empty() ? "" : ";") + printable(names[c]);
    }
  }
  return text;
}

}  // namespace

std::string per_class_csv(const EvaluationFigures& figures) {
  std::string text =
      "class,support,predicted,hits,unsure,precision,recall,f1,precision@5,"
      "recall@5,f1@5,taken for,times\n";
  for (std::size_t c = 0; c < figures.classes.size(); ++c) {
    const ClassFigures& f = figures.classes[c];
    const bool is_confused = f.taken_for != kNoClass;
    text += per_class_line(
        {printable(figures.class_names[c]),
         cell(f.support),
         cell(f.predicted),
         cell(f.hits),
         figures.matrix.has_unsure() ? cell(f.unsure) : ""},
        share_cells(f.top1(), f.top5()),
        {is_confused ? printable(figures.class_names[f.taken_for]) : "",
         is_confused ? cell(f.taken_for_times) : ""});
  }
  const auto samples = cell(static_cast<std::int64_t>(figures.sums.samples));
  const Averages& a = figures.averages;
  text += per_class_line(
      {"(macro average)", samples, "", "", ""},
      share_cells(a.macro, a.macro5),
      {"", ""});
  return text + per_class_line(
                    {"(micro average)", samples, "", "", ""},
                    share_cells(a.micro, a.micro5),
                    {"", ""});
}

std::string confusion_csv(const EvaluationFigures& figures) {
  const ConfusionMatrix& matrix = figures.matrix;
  std::vector<std::string> titles{"true"};
  for (const std::string& name : figures.class_names) {
    titles.push_back(printable(name));
  }
  if (matrix.has_unsure()) {
    titles.emplace_back("(unsure)");
  }
  std::string text = csv_line(titles);
  for (std::int64_t row = 0; row < matrix.classes(); ++row) {
    std::vector<std::string> cells{titles[row + 1]};
    for (std::int64_t column = 0; column < matrix.columns(); ++column) {
      cells.push_back(cell(matrix.at(row, column)));
    }
    text += csv_line(cells);
  }
  return text;
}

std::string samples_csv(
    const Predictions& predictions,
    const std::vector<std::string>& class_names,
    const std::vector<std::string>& keys,
    const std::vector<GroupScore>& scores) {
  std::string text =
      "index,key,true,predicted,probability,probability of true,loss,rank,"
      "top five";
  text += scores.empty() ? "\n" : ",probability of NG\n";
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const SampleResult& sample = predictions.samples[i];
    std::vector<std::string> row{
        cell(sample.index),
        keys[i],
        printable(class_names[sample.label]),
        printable(class_names[sample.predicted()]),
        exact_cell(sample.probability),
        exact_cell(sample.label_probability),
        exact_cell(sample.loss),
        cell(sample.rank),
        top_names(sample, class_names)};
    if (!scores.empty()) {
      row.push_back(exact_cell(scores[i].ng_probability));
    }
    text += csv_line(row);
  }
  return text;
}

std::string thresholds_csv(const std::vector<Coverage>& rows) {
  std::string text = "threshold,covered,unsure,coverage,accuracy,error limit\n";
  for (const Coverage& row : rows) {
    text += csv_line(
        {exact_cell(row.threshold),
         cell(row.covered),
         cell(row.samples - row.covered),
         cell(row.coverage()),
         cell(row.accuracy()),
         cell(row.error_limit())});
  }
  return text;
}

std::string ng_thresholds_csv(const std::vector<GroupRates>& rows) {
  std::string text =
      "threshold,escapes,escape rate,escape limit,overkills,overkill rate,"
      "overkill limit\n";
  for (const GroupRates& row : rows) {
    text += csv_line(
        {exact_cell(row.threshold),
         cell(row.escapes),
         cell(row.escape_rate()),
         cell(row.escape_limit()),
         cell(row.overkills),
         cell(row.overkill_rate()),
         cell(row.overkill_limit())});
  }
  return text;
}

std::string reliability_csv(const CalibrationFigures& calibration) {
  std::string text =
      "temperature,above,up to,samples,accuracy,mean probability\n";
  const auto add = [&](double temperature, const Reliability& bins) {
    for (const ReliabilityBin& bin : bins) {
      text += csv_line(
          {cell(temperature),
           cell(bin.lower),
           cell(bin.upper),
           cell(bin.samples),
           cell(bin.accuracy()),
           cell(bin.mean_probability())});
    }
  };
  add(1, calibration.before);
  add(calibration.temperature, calibration.after);
  return text;
}

std::string groups_csv(const std::vector<KeyGroup>& groups) {
  std::string text = "group,samples,acc@1,acc@5,loss\n";
  for (const KeyGroup& group : groups) {
    text += csv_line(
        {group.name.value_or("(no match)"),
         cell(static_cast<std::int64_t>(group.sums.samples)),
         cell(group.sums.accuracy1() / 100),
         cell(group.sums.accuracy5() / 100),
         cell(group.sums.mean_loss())});
  }
  return text;
}

}  // namespace convoy
