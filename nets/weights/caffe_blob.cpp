#include "nets/weights/caffe_blob.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "nets/weights/protobuf.h"
#include "nets/weights/tensor_view.h"

namespace convoy {
namespace {

// Errors follow the name of the tensor.
constexpr const char* kBlob = "is a blob that";
constexpr const char* kBlobsShape = "has a shape that";
constexpr std::uint32_t kOldShapeFields = 4;  // num, channels, height, width
constexpr std::uint32_t kBlobShape = 7;
constexpr std::uint32_t kBlobShapeDim = 1;

/// A repeated field of numbers, packed or not.
struct BlobValues {
  std::uint32_t field;
  WireKind one;
  at::ScalarType type;

  std::string_view of(const WireField& met) const {
    const bool is_ours = met.is(field, one) || met.is(field, WireKind::bytes);
    return is_ours ? met.bytes : std::string_view();
  }
};

constexpr BlobValues kFloatData{5, WireKind::fixed32, at::kFloat};
constexpr BlobValues kDoubleData{8, WireKind::fixed64, at::kDouble};

// NVIDIA's Caffe, which DIGITS comes with, has one more way since its 0.16.
constexpr std::uint32_t kRawDataType = 10;
constexpr std::uint32_t kRawData = 12;

at::ScalarType raw_type(std::uint64_t type) {
  constexpr std::array kTypes{at::kDouble, at::kFloat, at::kHalf};
  if (type >= kTypes.size()) {
    throw WeightError(fmt::format(
        "has raw values of type {}; want double, float or float16 (0, 1, 2)",
        type));
  }
  return kTypes[type];
}

/// What a blob says before its values are copied.
struct BlobHead {
  std::optional<std::array<std::int64_t, kOldShapeFields>> old_shape;
  std::vector<std::int64_t> dims;
  std::uint64_t float_bytes = 0;
  std::uint64_t double_bytes = 0;
  std::uint64_t raw_bytes = 0;
  std::uint64_t raw_type = 0;
};

void add_dim(std::vector<std::int64_t>& dims, std::uint64_t size) {
  if (dims.size() == kMostDimensions) {
    throw WeightError(
        fmt::format("has more than {} dimensions", kMostDimensions));
  }
  // Above 2^63 it becomes negative, which no shape is.
  dims.push_back(static_cast<std::int64_t>(size));
}

void read_blob_shape(
    std::string_view message, std::vector<std::int64_t>& dims) {
  WireMessage shape(message, kBlobsShape);
  for (WireField field; shape.next(field);) {
    if (field.is(kBlobShapeDim, WireKind::varint)) {
      add_dim(dims, field.value);
    } else if (field.is(kBlobShapeDim, WireKind::bytes)) {
      WireMessage packed(field.bytes, kBlobsShape);
      while (!packed.at_end()) {
        add_dim(dims, packed.varint());
      }
    }
  }
}

BlobHead read_blob_head(std::string_view message) {
  BlobHead head;
  WireMessage blob(message, kBlob);
  for (WireField field; blob.next(field);) {
    if (field.kind == WireKind::varint && field.number <= kOldShapeFields) {
      if (!head.old_shape) {
        head.old_shape.emplace();  // what is left out is 0
      }
      (*head.old_shape)[field.number - 1] =
          static_cast<std::int64_t>(field.value);
    } else if (field.is(kBlobShape, WireKind::bytes)) {
      read_blob_shape(field.bytes, head.dims);
    }
    if (field.is(kRawDataType, WireKind::varint)) {
      head.raw_type = field.value;
    }
    if (field.is(kRawData, WireKind::bytes)) {
      head.raw_bytes += field.bytes.size();
    }
    head.float_bytes += kFloatData.of(field).size();
    head.double_bytes += kDoubleData.of(field).size();
  }
  if (head.old_shape) {
    head.dims.assign(head.old_shape->begin(), head.old_shape->end());
  }
  return head;
}

void copy_blob_values(
    std::string_view message, const BlobValues& values, char* to) {
  WireMessage blob(message, kBlob);
  for (WireField field; blob.next(field);) {
    const std::string_view piece = values.of(field);
    to = std::copy(piece.begin(), piece.end(), to);
  }
}

}  // namespace

at::Tensor read_caffe_blob(std::string_view message) {
  const BlobHead head = read_blob_head(message);
  if ((head.float_bytes > 0) + (head.double_bytes > 0) + (head.raw_bytes > 0) >
      1) {
    throw WeightError("has values of several kinds; want one kind");
  }
  const BlobValues values =
      head.raw_bytes > 0
          ? BlobValues{kRawData, WireKind::bytes, raw_type(head.raw_type)}
      : head.double_bytes > 0 ? kDoubleData
                              : kFloatData;
  const std::uint64_t bytes =
      head.float_bytes + head.double_bytes + head.raw_bytes;
  const std::uint64_t wanted = dense_bytes(values.type, head.dims);
  if (bytes != wanted) {
    throw WeightError(fmt::format(
        "has {} bytes of values, and its shape [{}] wants {}",
        bytes,
        fmt::join(head.dims, ", "),
        wanted));
  }
  const at::Tensor tensor = at::empty(head.dims, values.type);
  copy_blob_values(
      message, values, static_cast<char*>(tensor.mutable_data_ptr()));
  return tensor;
}

}  // namespace convoy
