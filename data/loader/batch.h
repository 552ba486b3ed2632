#pragma once
// Batches on loan: a ring of reused slots between the loader's workers and its
// consumer.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace convoy {

class BatchRing;

/// A filled slot on loan. It goes back to the ring, to be written again, when
/// this is destroyed, from whatever thread and however late: keep it until an
/// asynchronous copy from it is done. It may outlive the loader.
class Batch {
 public:
  Batch(std::shared_ptr<BatchRing> ring, std::size_t slot);
  ~Batch();
  Batch(Batch&& other) noexcept;
  Batch& operator=(Batch&& other) noexcept;

  std::uint64_t number() const;
  std::size_t count() const;    ///< samples
  const float* images() const;  ///< count x height x width x channels
  /// count; kNoLabel for a blank. Of a mixed sample, the label with the larger
  /// share.
  const std::int64_t* labels() const;
  const std::int64_t* sample_ids() const;  ///< count: SampleRef::id
  /// count, or null when the loader does not mix: the labels with the smaller
  /// shares.
  const std::int64_t* second_labels() const;
  /// count, or null: the shares of labels(), 0.5 to 1; the rest is that of
  /// second_labels().
  const float* shares() const;

 private:
  std::shared_ptr<BatchRing> ring_;  // empty after a move
  std::size_t slot_ = 0;
};

/// The label of a sample that could not be read and has no replacement.
constexpr std::int64_t kNoLabel = -1;

/// Gives `bytes` of memory, aligned to 64, that live as long as the pointer.
/// Pinned memory for copies to a GPU comes in through this.
using Allocate = std::function<std::shared_ptr<std::byte>(std::size_t bytes)>;

/// Plain host memory. Throws std::bad_alloc.
std::shared_ptr<std::byte> allocate_host(std::size_t bytes);

}  // namespace convoy
