#pragma once
// Parts that both kinds of an evaluation's JSON have.

#include "trainer/report/evaluation_json.h"
#include "trainer/report/json_line.h"

namespace convoy {

using Json = nlohmann::ordered_json;

Json coverage_json(const Coverage& c);
Json rates_json(const GroupRates& r);

/// The counts, the averages, and what the command line asked for.
Json common_json(
    const EvaluationSubject& subject,
    const EvaluationFigures& figures,
    const FigureWishes& wishes);

}  // namespace convoy
