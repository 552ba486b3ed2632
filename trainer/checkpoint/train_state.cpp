#include "trainer/checkpoint/train_state.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>

#include "data/errors.h"

namespace convoy {
namespace {

using Json = nlohmann::ordered_json;

/// One list of fields for both directions. Doubles travel as their bits, so
/// that a resumed run continues from exactly the same numbers.
template <class State, class Visit>
void for_each(State& s, Visit visit) {
  visit("step", s.step);
  visit("epoch_loss", s.epoch.loss);
  visit("epoch_top1", s.epoch.top1);
  visit("epoch_top5", s.epoch.top5);
  visit("epoch_samples", s.epoch.samples);
  visit("best_top1", s.best_top1);
  visit("best_top5", s.best_top5);
  visit("best_loss", s.best_loss);
  visit("best_macro_precision", s.best_macro.precision);
  visit("best_macro_recall", s.best_macro.recall);
  visit("best_macro_f1", s.best_macro.f1);
  visit("best_step", s.best_step);
  visit("gave_up", s.gave_up);
  visit("plateau_best", s.plateau.best);
  visit("plateau_seen", s.plateau.seen);
  visit("plateau_bad", s.plateau.bad);
  visit("plateau_factor", s.plateau.factor);
  visit("loss_scale", s.loss_scale.scale);
  visit("loss_scale_good_steps", s.loss_scale.good_steps);
  visit("nonfinite_total", s.nonfinite_total);
  visit("nonfinite_in_a_row", s.nonfinite_in_a_row);
  visit("seconds", s.seconds);
}

/// Not in checkpoints from the beginning of their format; keeps its default
/// where it is not there.
bool is_newer(std::string_view name) {
  return name == "best_top5" || name == "best_loss" || name == "gave_up" ||
         name.starts_with("best_macro_");
}

struct Compared {
  double now;
  double then;
};

/// By the loss all are equal, and the loss decides between equals.
Compared compared(const Validation& now, const TrainState& best, BestBy by) {
  switch (by) {
    case BestBy::top1:
      return {now.sums.accuracy1(), best.best_top1};
    case BestBy::top5:
      return {now.sums.accuracy5(), best.best_top5};
    case BestBy::loss:
      break;
    case BestBy::macro_precision:
      return {now.macro.precision, best.best_macro.precision};
    case BestBy::macro_recall:
      return {now.macro.recall, best.best_macro.recall};
    case BestBy::macro_f1:
      return {now.macro.f1, best.best_macro.f1};
  }
  return {0, 0};
}

}  // namespace

void TrainState::forget_best() {
  const TrainState fresh;
  best_top1 = fresh.best_top1;
  best_top5 = fresh.best_top5;
  best_loss = fresh.best_loss;
  best_macro = fresh.best_macro;
  best_step = fresh.best_step;
}

bool TrainState::note_evaluation(const Validation& figures, BestBy by) {
  const double loss = figures.sums.mean_loss();
  const auto [now, then] = compared(figures, *this, by);
  // Of a network that has gone to NaN the shares say nothing: it gives every
  // picture the same class.
  const bool better = std::isnan(best_loss) != std::isnan(loss)
                          ? std::isnan(best_loss)
                          : now > then || (now == then && loss < best_loss);
  if (best_top1 >= 0 && !better) {
    return false;
  }
  best_top1 = figures.sums.accuracy1();
  best_top5 = figures.sums.accuracy5();
  best_loss = loss;
  best_macro = figures.macro;
  best_step = step;
  return true;
}

std::string TrainState::to_json() const {
  Json json;
  for_each(*this, [&](const char* name, const auto& value) {
    if constexpr (std::
                      is_same_v<std::remove_cvref_t<decltype(value)>, double>) {
      json[name] = std::bit_cast<std::uint64_t>(value);
    } else {
      json[name] = value;
    }
  });
  return json.dump();
}

TrainState TrainState::from_json(const std::string& text) {
  TrainState state;
  try {
    const Json json = Json::parse(text);
    for_each(state, [&](const char* name, auto& value) {
      using T = std::remove_cvref_t<decltype(value)>;
      if (!json.contains(name) && is_newer(name)) {
        return;
      }
      if constexpr (std::is_same_v<T, double>) {
        value = std::bit_cast<double>(json.at(name).get<std::uint64_t>());
      } else {
        value = json.at(name).get<T>();
      }
    });
  } catch (const nlohmann::json::exception& e) {
    throw BadData(
        std::string("the checkpoint's state can't be read: ") + e.what());
  }
  if (state.step < 0) {
    throw BadData(fmt::format(
        "the checkpoint's state can't be read: its step is {}", state.step));
  }
  return state;
}

}  // namespace convoy
