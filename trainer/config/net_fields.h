#pragma once
// Keys of the sections net and fine_tune (see fields.h).

#include <concepts>
#include <type_traits>

#include "trainer/config/config.h"
#include "trainer/config/number_range.h"

namespace convoy {

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, NetConfig>
void for_each_field(O& o, V&& visit) {
  visit("name", o.name, "one of `convoy nets`");
  visit(
      "weights",
      o.weights,
      "file to start from: a checkpoint of convoy, a .pth or .safetensors "
      "state dict as PyTorch, torchvision and timm write them, or for the "
      "_caffe networks a .caffemodel; null: from scratch. A head for other "
      "classes is drawn anew");
  visit(
      "allow",
      o.allow,
      "beginnings of the names of tensors that weights may lack, have in "
      "surplus or in another shape");
  visit(
      "classes",
      o.classes,
      "0: as many as the training data has",
      between(0, 1000000));
  visit(
      "dropout",
      o.dropout,
      "probability before the layers of the head; -1: the network's own "
      "(alexnet 0.5, resnets 0)",
      between(-1, 0.99));
  visit(
      "stochastic_depth",
      o.stochastic_depth,
      "probability that the last block's branch is left out; for ResNets, "
      "MobileNets, EfficientNets and ConvNeXts; -1: the network's own",
      between(-1, 0.99));
  visit(
      "transform_input",
      o.transform_input,
      "googlenet, inception_v3: pictures are brought to the means and "
      "deviations of their ImageNet weights before the first layer; when not "
      "set, true if there are weights");
  visit(
      "channels_last",
      o.channels_last,
      "memory format of pictures and weights; faster almost everywhere");
}

template <class O, class V>
requires std::same_as<std::remove_const_t<O>, FineTuneOptions>
void for_each_field(O& o, V&& visit) {
  visit(
      "mode",
      o.mode,
      "`full` trains everything, `head` the layers that depend on the classes, "
      "`partial` from first_layer on or up to last_layer; frozen batch norms "
      "keep their statistics");
  visit(
      "first_layer",
      o.first_layer,
      "partial: the first trained layer, such as layer4 or layer4.1; null: the "
      "first of all");
  visit(
      "last_layer",
      o.last_layer,
      "partial: the last trained layer before the head, which is trained in "
      "any "
      "case; null: no end");
  visit(
      "unfreeze",
      o.unfreeze,
      "head, partial: what else is trained once so many epochs are done, such "
      "as [\"layer4=2\", \"all=5\"]: everything from layer4 on after 2 "
      "epochs, everything after 5");
  visit(
      "head_lr_multiplier",
      o.head_lr_multiplier,
      "the head's learning rate over the others'",
      above(0));
  visit(
      "layer_decay",
      o.layer_decay,
      "the learning rate of each stage (`convoy nets NAME`) over that of the "
      "next one, counted from the head",
      between(0.01, 1));
  visit(
      "rates",
      o.rates,
      "factors on the learning rate by beginning of the name, or by the whole "
      "name with * for any text, such as [\"layer1.=0.1\", \"*.bias=2\"]; the "
      "last that fits counts (Caffe's lr_mult)");
  visit(
      "decays",
      o.decays,
      "factors on the weight decay, written alike (Caffe's decay_mult)");
  visit(
      "freeze_batch_norm",
      o.freeze_batch_norm,
      "no batch norm is trained, and all keep their statistics");
  visit(
      "cache_mb",
      o.cache_mb,
      "head: what the frozen part makes of a picture is computed once and kept "
      "in memory, up to so many MB a rank, where nothing is drawn before the "
      "head (no random augmentation); 0: it is computed at every step",
      between(0, 1000000));
}

}  // namespace convoy
