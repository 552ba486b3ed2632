#include <convoy/trainer/program.h>

convoy::NetEntry small_net();        // small_net.cpp
convoy::Augmentation invert();       // invert.cpp
convoy::PictureSource csv_source();  // csv_source.cpp

int main(int argc, char** argv) {
  return convoy::run(
      argc,
      argv,
      {.nets = {small_net()},
       .augmentations = {invert()},
       .sources = {csv_source()}});
}
