# Finds what convoy is built on. One imported target a library; what uses which is in
# the folders' own CMakeLists.

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

# The CUDA toolkit: the system's if it is a 13, else the wheels'.
option(CONVOY_SYSTEM_CUDA "Prefer the system's CUDA toolkit to the wheels'" ON)
if(DEFINED ENV{CONVOY_SYSTEM_CUDA})
  set(CONVOY_SYSTEM_CUDA $ENV{CONVOY_SYSTEM_CUDA})
endif()
set(cuda_root ${site_packages}/nvidia/cu13)
if(CONVOY_SYSTEM_CUDA)
  set(system_cuda /usr/local/cuda)
  if(DEFINED ENV{CUDA_HOME})
    set(system_cuda $ENV{CUDA_HOME})
  endif()
  if(EXISTS ${system_cuda}/bin/nvcc)
    execute_process(COMMAND ${system_cuda}/bin/nvcc --version OUTPUT_VARIABLE nvcc_says)
    if(nvcc_says MATCHES "release 13\\.")
      set(cuda_root ${system_cuda})
    endif()
  endif()
endif()
message(STATUS "CUDA toolkit: ${cuda_root}")
set(CMAKE_CUDA_COMPILER ${cuda_root}/bin/nvcc CACHE FILEPATH "")
set(CUDA_TOOLKIT_ROOT_DIR ${cuda_root} CACHE PATH "")
set(CUDAToolkit_ROOT ${cuda_root} CACHE PATH "")
# CMake 3.25 knows no CUDA 13 flag for C++20; the kernels need 17.
set(CMAKE_CUDA_STANDARD 17)
if(NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST} AND NOT DEFINED TORCH_CUDA_ARCH_LIST)
  # The wheel's own list, and PTX for what comes after. Without it LibTorch's CMake
  # would run a program to look for a GPU.
  set(TORCH_CUDA_ARCH_LIST "7.5;8.0;8.6;9.0;10.0;12.0+PTX")
endif()

find_package(Torch REQUIRED)
if(TARGET caffe2::mkl)
  # Folders of a machine that LibTorch was built on; they would end up in our programs.
  set_target_properties(caffe2::mkl PROPERTIES INTERFACE_LINK_DIRECTORIES "")
endif()

find_package(PkgConfig QUIET)
find_package(MPI REQUIRED COMPONENTS CXX)
find_package(Threads REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Boost REQUIRED COMPONENTS program_options)
find_package(nlohmann_json REQUIRED)

# library(NAME header libname): an imported target for a library without CMake files.
# Further arguments are folders to look in first.
function(library name header file)
  list(TRANSFORM ARGN APPEND /include OUTPUT_VARIABLE include_folders)
  list(TRANSFORM ARGN APPEND /lib OUTPUT_VARIABLE library_folders)
  find_path(${name}_INCLUDE ${header} HINTS ${include_folders} REQUIRED)
  add_library(convoy::${name} INTERFACE IMPORTED)
  target_include_directories(convoy::${name} SYSTEM INTERFACE ${${name}_INCLUDE})
  if(file)
    find_library(${name}_LIBRARY ${file} HINTS ${library_folders} REQUIRED)
    target_link_libraries(convoy::${name} INTERFACE ${${name}_LIBRARY})
  endif()
endfunction()
library(lmdb lmdb.h lmdb)
library(xxhash xxhash.h xxhash)
library(protozero protozero/pbf_reader.hpp "")

# CUDA parts are built when LibTorch is a CUDA build and the toolkit was found.
if(TORCH_CUDA_LIBRARIES AND TARGET CUDA::cudart)
  set(CONVOY_CUDA ON)
  # libtorch_cuda loads the NCCL of its own wheel: compile against that one's header.
  library(nccl nccl.h nccl ${site_packages}/nvidia/nccl)
else()
  set(CONVOY_CUDA OFF)
endif()
message(STATUS "CUDA and NCCL parts: ${CONVOY_CUDA}")
