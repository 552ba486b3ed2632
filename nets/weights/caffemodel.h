#pragma once
// Caffe's .caffemodel files: a NetParameter (caffe.proto of BVLC/caffe) whose
// layers carry their blobs.

#include <string_view>

#include "nets/weights/weights.h"

namespace convoy {

/// Whether the file begins as a .caffemodel does: the format has no mark of its
/// own, so its fields are walked up to the first layer.
bool is_caffemodel(std::string_view file);

/// The tensors in the order of the layers. A layer's first blob is
/// LAYER.weight, its second LAYER.bias, a further one LAYER.blob2 and so on,
/// with the name's slashes as dots. These rules change what is in the file, and
/// Weights::notes tells of each that did:
/// - The first layer with blobs, when it is a convolution of 3 channels, gets
///   them in `order`; Caffe's are BGR.
/// - Old shapes of 4 sizes become what they mean: an inner product's weight of
///   1 x 1 x N x K is N x K, a bias of 1 x 1 x 1 x N is N.
/// - An inner product's weight that was stored transposed is turned back.
///
/// Throws WeightError with a sentence that lacks the file's name when it is
/// damaged, has layers of both generations, a layer without a name, none with
/// blobs, or more than 131072 blobs. A file that is cut between two layers
/// can't be told from a whole one: its missing tensors are noticed when it is
/// matched with a network.
Weights read_caffemodel(std::string_view file, ChannelOrder order);

}  // namespace convoy
