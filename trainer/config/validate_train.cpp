// Rules of the sections net, fine_tune, optimizer, schedule and batch.

#include <algorithm>

#include "nets/registry.h"
#include "nets/stages.h"
#include "trainer/config/nearest.h"
#include "trainer/config/problems.h"
#include "trainer/loop/training_rules.h"

namespace convoy {

void check_smallest(const char* key, int px, const NetFacts& net, Problems& p) {
  p.require(
      px >= net.minimum_px,
      {key, "net.name"},
      "{} is too small for {}, whose last layers would vanish; want at least "
      "{}",
      px,
      net.name,
      net.minimum_px);
}

void check_net(const Config& c, Problems& p) {
  const NetEntry* entry = try_find_net(c.net.name);
  if (entry == nullptr) {
    const std::string near = nearest(c.net.name, net_names());
    p.require(
        false,
        {"net.name"},
        "unknown network \"{}\"{}; convoy nets lists {}",
        c.net.name,
        near.empty() ? "" : "; did you mean " + near + "?",
        fmt::join(net_names(), ", "));
    return;
  }
  check_smallest("augment.crop_px", c.augment.crop_px, entry->facts, p);
  check_smallest("eval.crop_px", c.eval.crop_px, entry->facts, p);
  p.require(
      c.net.dropout >= 0 || c.net.dropout == -1,
      {"net.dropout"},
      "{} is no probability; want 0 to 0.99, or -1 for the "
      "network's own",
      c.net.dropout);
  p.require(
      c.net.stochastic_depth >= 0 || c.net.stochastic_depth == -1,
      {"net.stochastic_depth"},
      "{} is no probability; want 0 to 0.99, or -1 for the "
      "network's own",
      c.net.stochastic_depth);
  p.require(
      c.net.stochastic_depth <= 0 || entry->facts.stochastic_depth,
      {"net.stochastic_depth", "net.name"},
      "{} has no residual branches that could be left out (or its facts do not "
      "say so); want -1",
      c.net.name);
  p.require(
      c.loss.auxiliary_weight >= 0 || c.loss.auxiliary_weight == -1,
      {"loss.auxiliary_weight"},
      "{} is no weight; want 0 to 10, or -1 for the network's own",
      c.loss.auxiliary_weight);
  p.require(
      c.loss.auxiliary_weight == -1 || !entry->facts.auxiliary_heads.empty(),
      {"loss.auxiliary_weight", "net.name"},
      "{} has no auxiliary heads to weigh; want -1",
      c.net.name);
  p.require(
      !c.net.transform_input || c.data.channels == 3,
      {"net.transform_input", "data.channels"},
      "pictures of {} channel(s) can't be transformed; want 3 channels, or "
      "net.transform_input: false",
      c.data.channels);
  p.require(
      !c.net.transform_input || entry->facts.transform_input,
      {"net.transform_input", "net.name"},
      "{} was not ported with other means; only googlenet and inception_v3 "
      "have "
      "a use for it; want false",
      c.net.name);
  p.require(
      std::find(c.net.allow.begin(), c.net.allow.end(), "") ==
          c.net.allow.end(),
      {"net.allow"},
      "an empty name fits every tensor; want the beginnings of names");
  p.require(
      c.net.weights.empty() || path_exists(c.net.weights),
      {"net.weights"},
      "there is no {}",
      absolute_path(c.net.weights));
}

namespace {

/// What is named must be there: a name that fits nothing would be left out in
/// silence.
void check_layers(const Config& c, Problems& p) {
  const FineTuneOptions& o = c.fine_tune;
  const NetEntry* entry = try_find_net(c.net.name);
  const bool asked = !o.first_layer.empty() || !o.last_layer.empty() ||
                     !o.rates.empty() || !o.decays.empty();
  if (entry == nullptr || !asked) {
    return;
  }
  const auto state = entry->build({.classes = 1})->state();
  const auto any = [&](const auto& fits) {
    return std::any_of(state.begin(), state.end(), [&](const NamedTensor& t) {
      return t.is_parameter && fits(t.name);
    });
  };
  for (const auto& [key, layer] :
       {std::pair{"fine_tune.first_layer", o.first_layer},
        {"fine_tune.last_layer", o.last_layer}}) {
    p.require(
        layer.empty() ||
            any([&, own = layer](const auto& n) { return lies_in(n, own); }),
        {key, "net.name"},
        "no layer of {} is called \"{}\"; its tensors go from "
        "{} to {}",
        c.net.name,
        layer,
        state.front().name,
        state.back().name);
  }
  const auto place = [&](const std::string& layer, bool last) {
    const auto fits = [&](const auto& t) { return lies_in(t.name, layer); };
    const auto first_of = std::find_if(state.begin(), state.end(), fits);
    const auto last_of = std::find_if(state.rbegin(), state.rend(), fits);
    return last ? state.rend() - last_of : first_of - state.begin() + 1;
  };
  p.require(
      o.first_layer.empty() || o.last_layer.empty() ||
          place(o.first_layer, false) <= place(o.last_layer, true),
      {"fine_tune.last_layer", "fine_tune.first_layer"},
      "{} comes before {}; want a first and then a last layer",
      o.last_layer,
      o.first_layer);
  for (const auto& [key, rules] :
       {std::pair{"fine_tune.rates", o.rates},
        {"fine_tune.decays", o.decays}}) {
    for (const std::string& text : rules) {
      const auto rule = parse_name_factor(text);
      p.require(
          rule.has_value(),
          {key},
          "\"{}\"; want NAME=FACTOR with a factor of 0 or above, such as "
          "\"layer1.=0.1\"",
          text);
      p.require(
          !rule || any([&](const auto& n) { return rule->fits(n); }),
          {key, "net.name"},
          "no parameter of {} fits \"{}\"; its tensors go from {} to {}",
          c.net.name,
          rule ? rule->name : "",
          state.front().name,
          state.back().name);
    }
  }
}

}  // namespace

void check_fine_tune(const Config& c, Problems& p) {
  p.require(
      c.fine_tune.mode == FineTuneMode::full || !c.net.weights.empty(),
      {"fine_tune.mode", "net.weights"},
      "{} trains a part of the network, and the rest would "
      "keep random values; give net.weights, or use full",
      names(c.fine_tune.mode)[static_cast<std::size_t>(c.fine_tune.mode)]);
  p.require(
      c.fine_tune.mode != FineTuneMode::partial ||
          !c.fine_tune.first_layer.empty() || !c.fine_tune.last_layer.empty(),
      {"fine_tune.first_layer", "fine_tune.mode"},
      "nothing; partial wants the first or the last of the trained layers, or "
      "both (convoy nets {})",
      c.net.name);
  p.require(
      c.fine_tune.mode == FineTuneMode::partial ||
          (c.fine_tune.first_layer.empty() && c.fine_tune.last_layer.empty()),
      {"fine_tune.mode", "fine_tune.first_layer", "fine_tune.last_layer"},
      "{} takes no notice of first_layer and last_layer; want partial, or "
      "neither of them",
      names(c.fine_tune.mode)[static_cast<std::size_t>(c.fine_tune.mode)]);
  p.require(
      !c.fine_tune.freeze_batch_norm || !c.net.weights.empty(),
      {"fine_tune.freeze_batch_norm", "net.weights"},
      "true would freeze statistics of nothing; give net.weights, or false");
  check_layers(c, p);
}

void check_optimizer(const OptimizerOptions& o, Problems& p) {
  p.require(
      !o.nesterov || (o.name == OptimizerName::sgd && o.momentum > 0),
      {"optimizer.nesterov", "optimizer.name", "optimizer.momentum"},
      "nesterov: true needs name: sgd with momentum above 0");
}

void check_schedule(const Config& c, Problems& p) {
  const ScheduleOptions& s = c.schedule;
  p.require(
      s.warmup_epochs == 0 || s.warmup_iterations == 0,
      {"schedule.warmup_epochs", "schedule.warmup_iterations"},
      "{} and {}; set one",
      s.warmup_epochs,
      s.warmup_iterations);
  p.require(
      c.run.epochs == 0 || s.warmup_epochs < c.run.epochs,
      {"schedule.warmup_epochs", "run.epochs"},
      "a warm-up of {} leaves nothing of {} epochs",
      s.warmup_epochs,
      c.run.epochs);
  p.require(
      c.run.iterations == 0 || s.warmup_iterations < c.run.iterations,
      {"schedule.warmup_iterations", "run.iterations"},
      "a warm-up of {} leaves nothing of {} iterations",
      s.warmup_iterations,
      c.run.iterations);
  p.require(
      s.name != ScheduleName::multi_step ||
          (!s.milestones.empty() &&
           std::is_sorted(s.milestones.begin(), s.milestones.end())),
      {"schedule.milestones", "schedule.name"},
      "[{}]; multi_step wants them in rising order",
      fmt::join(s.milestones, ", "));
  p.require(
      s.name != ScheduleName::plateau ||
          (!c.data.val.empty() && c.run.evaluate_every_epochs > 0),
      {"schedule.name", "data.val", "run.evaluate_every_epochs"},
      "plateau watches the validation loss; give data.val and "
      "run.evaluate_every_epochs");
  p.require(
      s.name != ScheduleName::one_cycle ||
          (s.warmup_epochs == 0 && s.warmup_iterations == 0),
      {"schedule.name", "schedule.warmup_epochs", "schedule.warmup_iterations"},
      "one_cycle has a rise of its own (schedule.rise); remove "
      "the warm-up");
}

void check_batch(const BatchOptions& b, Problems& p) {
  p.require(
      (b.global > 0) != (b.per_rank > 0),
      {"batch.global", "batch.per_rank"},
      "{} and {}; set exactly one above 0",
      b.global,
      b.per_rank);
}

}  // namespace convoy
