#include "trainer/report/evaluation_json.h"

#include <fmt/format.h>

#include <bit>

#include "trainer/report/evaluation_json_parts.h"

namespace convoy {
namespace {

std::int64_t whole(double count) {
  return static_cast<std::int64_t>(count);
}

Json counts_json(const EvaluationSubject& subject, const Sums& s) {
  return {
      {"checkpoint", subject.checkpoint},
      {"data", subject.data},
      {"samples", whole(s.samples)},
      {"top1_hits", whole(s.top1)},
      {"top5_hits", whole(s.top5)},
      {"top1", s.accuracy1()},
      {"top5", s.accuracy5()},
      {"loss", s.mean_loss()},
      {"loss_bits",
       fmt::format("{:016x}", std::bit_cast<std::uint64_t>(s.mean_loss()))}};
}

Json average_json(const Shares& top1, const Shares& top5) {
  return {
      {"precision", top1.precision},
      {"recall", top1.recall},
      {"f1", top1.f1},
      {"precision5", top5.precision},
      {"recall5", top5.recall},
      {"f1_5", top5.f1}};
}

Json averages_json(const Averages& a) {
  return {
      {"macro", average_json(a.macro, a.macro5)},
      {"micro", average_json(a.micro, a.micro5)},
      {"balanced_accuracy", a.macro.recall}};
}

Json maybe_rates_json(const std::optional<GroupRates>& rates) {
  return rates ? rates_json(*rates) : Json(nullptr);
}

Json two_groups_json(
    const EvaluationSubject& subject,
    const GroupFigures& figures,
    const FigureWishes& wishes) {
  const GroupRates& any = figures.table[0];
  Json json{
      {"ng", subject.ng},
      {"ng_samples", any.ng_samples},
      {"ok_samples", any.ok_samples}};
  if (wishes.escape) {
    json["escape_at_most"] = {
        {"rate", *wishes.escape},
        {"observed", maybe_rates_json(figures.for_escape)},
        {"assured", maybe_rates_json(figures.for_assured_escape)}};
  }
  if (figures.with_unsure) {
    Json with_unsure = rates_json(*figures.with_unsure);
    with_unsure["unsure_ng"] = figures.with_unsure->unsure_ng;
    with_unsure["unsure_ok"] = figures.with_unsure->unsure_ok;
    json["with_unsure"] = with_unsure;
  }
  return json;
}

Json groups_json(const std::vector<KeyGroup>& groups) {
  Json list = Json::array();
  for (const KeyGroup& group : groups) {
    list.push_back(
        {{"group", group.name ? Json(*group.name) : Json(nullptr)},
         {"samples", whole(group.sums.samples)},
         {"top1_hits", whole(group.sums.top1)},
         {"top5_hits", whole(group.sums.top5)},
         {"top1", group.sums.accuracy1()},
         {"top5", group.sums.accuracy5()},
         {"loss", group.sums.mean_loss()}});
  }
  return list;
}

}  // namespace

Json coverage_json(const Coverage& c) {
  return {
      {"threshold", c.threshold},
      {"covered", c.covered},
      {"unsure", c.samples - c.covered},
      {"coverage", c.coverage()},
      {"accuracy", c.accuracy()},
      {"error", c.error()},
      {"error_limit", c.error_limit()}};
}

Json rates_json(const GroupRates& r) {
  return {
      {"threshold", r.threshold},
      {"escapes", r.escapes},
      {"escape_rate", r.escape_rate()},
      {"escape_limit", r.escape_limit()},
      {"overkills", r.overkills},
      {"overkill_rate", r.overkill_rate()},
      {"overkill_limit", r.overkill_limit()}};
}

Json common_json(
    const EvaluationSubject& subject,
    const EvaluationFigures& figures,
    const FigureWishes& wishes) {
  Json json = counts_json(subject, figures.sums);
  json["averages"] = averages_json(figures.averages);
  if (subject.tta != Tta::none) {
    json["tta"] = names(Tta{})[static_cast<std::size_t>(subject.tta)];
  }
  if (!subject.class_map.empty()) {
    json["class_map"] = subject.class_map;
  }
  if (figures.at_threshold) {
    json["at_threshold"] = coverage_json(*figures.at_threshold);
  }
  if (figures.two_groups) {
    json["two_groups"] = two_groups_json(subject, *figures.two_groups, wishes);
  }
  if (wishes.group_by) {
    json["group_by"] = wishes.group_by->expression();
    json["groups"] = groups_json(figures.key_groups);
  }
  return json;
}

std::string evaluation_json(
    const EvaluationSubject& subject,
    const EvaluationFigures& figures,
    const FigureWishes& wishes) {
  return json_line(common_json(subject, figures, wishes)) + "\n";
}

}  // namespace convoy
