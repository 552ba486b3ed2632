#include "trainer/evaluation/worst_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "data/image/encode.h"
#include "trainer/evaluation/markup.h"

namespace convoy {
namespace {

/// Safe in a file's name: ASCII letters, digits, '.', '-', and '_' for the
/// rest.
std::string for_file_name(const std::string& text) {
  constexpr std::size_t kMostLetters = 60;
  std::string safe;
  for (const char c : text.substr(0, kMostLetters)) {
    const bool is_safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '-';
    safe += is_safe ? c : '_';
  }
  return safe;
}

std::string figure_of(const WorstEntry& entry, std::size_t place) {
  const std::string picture =
      entry.file.empty()
          ? "<p>a record of floats: no picture</p>"
          : fmt::format("<img src=\"{}\" alt=\"\">", escaped(entry.file));
  return fmt::format(
      "<figure>{}<figcaption>{}. <b>{}</b> ({:.4f})<br>taken for <b>{}</b> "
      "({:.4f})<br>loss {:.4f}<br><code>{}</code></figcaption></figure>\n",
      picture,
      place,
      escaped(entry.label),
      entry.result.label_probability,
      escaped(entry.predicted),
      entry.result.probability,
      entry.result.loss,
      escaped(entry.key));
}

}  // namespace

std::vector<std::size_t> worst_samples(
    std::span<const SampleResult> samples, std::size_t count) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
    return samples[a].loss > samples[b].loss;
  });
  order.resize(std::min(order.size(), count));
  return order;
}

std::string worst_file_name(
    std::size_t place, const std::string& label, const std::string& predicted) {
  return fmt::format(
      "{:04}_{}_as_{}.jpg",
      place,
      for_file_name(label),
      for_file_name(predicted));
}

std::vector<std::uint8_t> picture_of(
    const Dataset& dataset, std::int64_t index) {
  Sample sample;
  dataset.read(static_cast<std::uint64_t>(index), sample);
  std::vector<std::uint8_t> bytes;
  if (!sample.is_floats) {
    encode_jpeg(sample.image, {.chroma = Chroma::full_444}, bytes);
  }
  return bytes;
}

std::vector<WorstEntry> worst_entries(
    std::span<const SampleResult> samples,
    const std::vector<std::string>& class_names,
    const std::vector<std::string>& keys,
    std::size_t count) {
  std::vector<WorstEntry> entries;
  for (const std::size_t i : worst_samples(samples, count)) {
    entries.push_back(
        {"",
         keys[i],
         class_names[samples[i].label],
         class_names[samples[i].predicted()],
         samples[i]});
  }
  return entries;
}

std::string worst_page(const std::vector<WorstEntry>& entries) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<title>Worst samples</title>\n<style>\n"
      "body { font: 13px sans-serif; margin: 1.5em; }\n"
      "main { display: flex; flex-wrap: wrap; gap: 12px; }\n"
      "figure { margin: 0; width: 200px; border: 1px solid #ccc; padding: 6px; "
      "overflow-wrap: anywhere; }\n"
      "img { width: 200px; }\n"
      "</style></head><body>\n<h1>Worst samples</h1>\n<p>The samples of "
      "greatest loss: true class, what it was taken for, and the probability "
      "that the network gave to each.</p>\n<main>\n";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    page += figure_of(entries[i], i + 1);
  }
  return page + "</main></body></html>\n";
}

}  // namespace convoy
