# Finds what convoy is built on. What uses which library is in the folders' own
# CMakeLists; what a program that links convoy needs is in ConvoyDependencies.cmake.

# Wheels are unpacked by launch/setup.sh into a folder named by what is pinned.
file(SHA256 ${PROJECT_SOURCE_DIR}/launch/requirements.txt pinned)
string(SUBSTRING ${pinned} 0 12 pinned)
if(DEFINED ENV{CONVOY_DEPS})
  set(deps_root $ENV{CONVOY_DEPS})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(deps_root $ENV{XDG_CACHE_HOME}/convoy)
else()
  set(deps_root $ENV{HOME}/.cache/convoy)
endif()
set(CONVOY_PYTHON_ENV ${deps_root}/torch-${pinned} CACHE PATH
  "Python environment that holds the pinned wheels")
file(GLOB site_packages ${CONVOY_PYTHON_ENV}/lib/python3*/site-packages)
if(NOT Torch_DIR AND NOT EXISTS ${site_packages}/torch)
  message(FATAL_ERROR "LibTorch was not found in ${CONVOY_PYTHON_ENV}. "
    "Run launch/setup.sh, which installs it, or pass -DTorch_DIR=<libtorch>/share/cmake/Torch.")
endif()
if(NOT Torch_DIR)
  set(Torch_DIR ${site_packages}/torch/share/cmake/Torch)
endif()

option(CONVOY_SYSTEM_CUDA "Prefer the system's CUDA toolkit to the wheels'" ON)
if(DEFINED ENV{CONVOY_SYSTEM_CUDA})
  set(CONVOY_SYSTEM_CUDA $ENV{CONVOY_SYSTEM_CUDA})
endif()
set(convoy_wheels ${site_packages})
include(ConvoyDependencies)
# Headers alone: a program that links convoy needs neither.
convoy_package(nlohmann_json)
convoy_library(protozero protozero/pbf_reader.hpp "")
if(convoy_missing)
  list(JOIN convoy_missing "; " convoy_missing)
  message(FATAL_ERROR "Not found: ${convoy_missing}. On Debian launch/setup.sh fetches "
    "them; elsewhere install them, or load their modules, and name their folders in "
    "CMAKE_PREFIX_PATH.")
endif()

# CUDA parts are built when LibTorch is a CUDA build and the toolkit was found.
if(TORCH_CUDA_LIBRARIES AND TARGET CUDA::cudart)
  set(CONVOY_CUDA ON)
else()
  set(CONVOY_CUDA OFF)
endif()
message(STATUS "CUDA and NCCL parts: ${CONVOY_CUDA}")
