#pragma once
// From predictions to what `convoy evaluate` prints and writes: rank 0's part.

#include <functional>
#include <string>
#include <vector>

#include "data/loader/lmdb_dataset.h"
#include "data/store/new_folder.h"
#include "trainer/commands/evaluation_plan.h"
#include "trainer/loop/evaluator.h"
#include "trainer/report/evaluation_json.h"

namespace convoy {

/// Throws UsageError when a pattern matches no key of the database.
void require_some_match(const KeyPattern& pattern, const Database& database);

struct EvaluationResult {
  const EvaluateArguments& arguments;
  const EvaluationPlan& plan;
  const EvaluationSubject& subject;
  const Evaluation& evaluation;
  const LmdbDataset& dataset;
  const NewFolder* folder = nullptr;  ///< of a report, where one is wanted
};

struct EvaluationOutput {
  std::string text;      ///< for stdout
  std::string doubts{};  ///< a warning; empty: none
};

/// Works out the figures, and then writes them into the folder where there is
/// one, without publishing it. `alive` is called now and then. Throws BadData
/// when figures were asked for that scores of NaN do not have, or a class map
/// leaves no sample; WriteFailure, with `output` ready.
void make_output(
    const EvaluationResult& result,
    const std::function<void()>& alive,
    EvaluationOutput& output);

}  // namespace convoy
