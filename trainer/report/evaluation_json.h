#pragma once
// An evaluation for other programs.

#include <string>
#include <vector>

#include "trainer/evaluation/figures.h"
#include "trainer/evaluation/views.h"
#include "trainer/evaluation/worst_samples.h"

namespace convoy {

/// What was evaluated, and how.
struct EvaluationSubject {
  std::string checkpoint;
  std::string data;
  Tta tta = Tta::none;
  std::string class_map{};              ///< path; empty: none
  std::vector<std::string> ng{};        ///< class names
  std::vector<std::string> left_out{};  ///< why samples were
};

/// One object in one line: the counts, and what the command line asked for.
std::string evaluation_json(
    const EvaluationSubject& subject,
    const EvaluationFigures& figures,
    const FigureWishes& wishes);

/// report.json: every figure, with the tables by class, threshold and sample.
std::string report_json(
    const EvaluationSubject& subject,
    const EvaluationFigures& figures,
    const FigureWishes& wishes,
    const std::vector<WorstEntry>& worst);

}  // namespace convoy
