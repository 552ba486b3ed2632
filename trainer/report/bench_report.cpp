#include "trainer/report/bench_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "trainer/report/json_line.h"

namespace convoy {

std::string all_reduce_table(const std::vector<AllReduceRow>& rows) {
  std::size_t width = 7;
  for (const AllReduceRow& row : rows) {
    width = std::max(width, row.way.size());
  }
  std::string table = fmt::format(
      "{:>12}  {:<{}}  {:>10}  {:>21}  {:>10}  {:>10}  {:>6}\n",
      "bytes",
      "backend",
      width,
      "us",
      "range",
      "algbw GB/s",
      "busbw GB/s",
      "#wrong");
  for (const AllReduceRow& row : rows) {
    table += fmt::format(
        "{:>12}  {:<{}}  {:>10.1f}  {:>21}  {:>10.2f}  {:>10.2f}  {:>6}\n",
        row.bytes,
        row.way,
        width,
        row.us.median,
        fmt::format("{:.1f}..{:.1f}", row.us.least, row.us.most),
        row.algbw_gbs(),
        row.busbw_gbs(),
        row.wrong);
  }
  return table;
}

std::string all_reduce_json(const std::vector<AllReduceRow>& rows) {
  std::string lines;
  for (const AllReduceRow& row : rows) {
    lines += json_line(
                 {{"backend", row.way},
                  {"ranks", row.ranks},
                  {"bytes", row.bytes},
                  {"median_us", row.us.median},
                  {"least_us", row.us.least},
                  {"most_us", row.us.most},
                  {"algbw_gbs", row.algbw_gbs()},
                  {"busbw_gbs", row.busbw_gbs()},
                  {"wrong", row.wrong}}) +
             "\n";
  }
  return lines;
}

std::string decode_table(const std::vector<DecodeRow>& rows) {
  std::string table = fmt::format(
      "{:<8}  {:>10}  {:>17}  {:>6}\n", "decodes", "us", "range", "#wrong");
  for (const DecodeRow& row : rows) {
    table += fmt::format(
        "{:<8}  {:>10.1f}  {:>17}  {:>6}\n",
        row.way,
        row.us.median,
        fmt::format("{:.1f}..{:.1f}", row.us.least, row.us.most),
        row.wrong);
  }
  return table;
}

std::string decode_json(const std::vector<DecodeRow>& rows) {
  std::string lines;
  for (const DecodeRow& row : rows) {
    lines += json_line(
                 {{"decodes", row.way},
                  {"median_us", row.us.median},
                  {"least_us", row.us.least},
                  {"most_us", row.us.most},
                  {"wrong", row.wrong}}) +
             "\n";
  }
  return lines;
}

std::string loader_table(const std::vector<LoaderRow>& rows) {
  std::string table =
      fmt::format("{:>7}  {:>10}  {:>17}\n", "workers", "images/s", "range");
  for (const LoaderRow& row : rows) {
    const Spread& rate = row.images_per_second;
    table += fmt::format(
        "{:>7}  {:>10.1f}  {:>17}\n",
        row.workers,
        rate.median,
        fmt::format("{:.1f}..{:.1f}", rate.least, rate.most));
  }
  return table;
}

std::string loader_json(const std::vector<LoaderRow>& rows) {
  std::string lines;
  for (const LoaderRow& row : rows) {
    lines += json_line(
                 {{"workers", row.workers},
                  {"median_images_per_second", row.images_per_second.median},
                  {"least", row.images_per_second.least},
                  {"most", row.images_per_second.most}}) +
             "\n";
  }
  return lines;
}

}  // namespace convoy
