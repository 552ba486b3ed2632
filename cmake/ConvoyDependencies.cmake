# What convoy's libraries are linked with, as imported targets: for convoy's own build,
# and, installed beside ConvoyConfig.cmake, for a project that links them.
#   in:  Torch_DIR; convoy_wheels, the folder that holds the wheels' nvidia/;
#        CONVOY_SYSTEM_CUDA, whether the system's CUDA toolkit is preferred to theirs
#   out: convoy_missing, what was not found, with what to do

set(convoy_missing "")

# What the libraries are called: in Debian, in RHEL (with EPEL), in conda-forge, in Spack.
set(convoy_names_MPI libopenmpi-dev openmpi-devel openmpi openmpi)
set(convoy_names_Threads libc6-dev glibc-devel sysroot_linux-64 glibc)
set(convoy_names_JPEG libjpeg-dev libjpeg-turbo-devel libjpeg-turbo libjpeg-turbo)
set(convoy_names_PNG libpng-dev libpng-devel libpng libpng)
set(convoy_names_yaml-cpp libyaml-cpp-dev yaml-cpp-devel yaml-cpp yaml-cpp)
set(convoy_names_Boost
  libboost-program-options-dev boost-devel libboost-devel boost+program_options)
set(convoy_names_lmdb liblmdb-dev lmdb-devel lmdb lmdb)
set(convoy_names_xxhash libxxhash-dev xxhash-devel xxhash xxhash)
set(convoy_names_nlohmann_json
  nlohmann-json3-dev json-devel nlohmann_json nlohmann-json)
set(convoy_names_protozero libprotozero-dev protozero-devel protozero -)
set(convoy_names_nccl libnccl-dev libnccl-devel nccl nccl)

# Notes that a library was not found, with what to ask for.
macro(convoy_lacks name)
  set(convoy_names "")
  foreach(source package IN ZIP_LISTS convoy_sources_of_packages convoy_names_${name})
    list(APPEND convoy_names "${source} ${package}")
  endforeach()
  list(JOIN convoy_names ", " convoy_names)
  list(APPEND convoy_missing "${name} (${convoy_names})")
endmacro()
set(convoy_sources_of_packages Debian RHEL conda-forge Spack)

# convoy_package(NAME ARGUMENTS...): find_package(NAME ARGUMENTS...).
macro(convoy_package name)
  find_package(${name} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    convoy_lacks(${name})
  endif()
endmacro()

# convoy_library(NAME HEADER FILE FOLDERS...): an imported target for a library without
# CMake files; FILE "" for one of headers alone. FOLDERS are looked in first.
macro(convoy_library name header file)
  set(convoy_folders ${ARGN})
  list(TRANSFORM convoy_folders APPEND /include OUTPUT_VARIABLE convoy_includes)
  list(TRANSFORM convoy_folders APPEND /lib OUTPUT_VARIABLE convoy_libs)
  find_path(${name}_INCLUDE ${header} HINTS ${convoy_includes})
  if(NOT "${file}" STREQUAL "")
    find_library(${name}_LIBRARY ${file} HINTS ${convoy_libs})
  else()
    set(${name}_LIBRARY "")
  endif()
  if(NOT ${name}_INCLUDE OR "${${name}_LIBRARY}" MATCHES "NOTFOUND$")
    convoy_lacks(${name})
  elseif(NOT TARGET convoy::${name})
    add_library(convoy::${name} INTERFACE IMPORTED)
    target_include_directories(convoy::${name} SYSTEM INTERFACE ${${name}_INCLUDE})
    target_link_libraries(convoy::${name} INTERFACE ${${name}_LIBRARY})
  endif()
endmacro()

find_package(PkgConfig QUIET)
convoy_package(MPI COMPONENTS CXX)
if(TARGET MPI::MPI_CXX)
  # -pthread, of some builds of Open MPI: headers precompiled without it would not fit.
  set_target_properties(MPI::MPI_CXX PROPERTIES INTERFACE_COMPILE_OPTIONS "")
endif()
convoy_package(Threads)
convoy_package(JPEG)
convoy_package(PNG)
convoy_package(yaml-cpp)
convoy_package(Boost COMPONENTS program_options)
convoy_library(lmdb lmdb.h lmdb)
convoy_library(xxhash xxhash.h xxhash)

# The CUDA toolkit: the system's if it is a 13, else the wheels'.
set(convoy_cuda ${convoy_wheels}/nvidia/cu13)
if(CONVOY_SYSTEM_CUDA)
  set(convoy_system_cuda /usr/local/cuda)
  if(DEFINED ENV{CUDA_HOME})
    set(convoy_system_cuda $ENV{CUDA_HOME})
  endif()
  if(EXISTS ${convoy_system_cuda}/bin/nvcc)
    execute_process(COMMAND ${convoy_system_cuda}/bin/nvcc --version
      OUTPUT_VARIABLE convoy_nvcc_says)
    if(convoy_nvcc_says MATCHES "release 13\\.")
      set(convoy_cuda ${convoy_system_cuda})
    endif()
  endif()
endif()
message(STATUS "CUDA toolkit: ${convoy_cuda}")
if(NOT CMAKE_CUDA_COMPILER AND EXISTS ${convoy_cuda}/bin/nvcc)
  set(CMAKE_CUDA_COMPILER ${convoy_cuda}/bin/nvcc CACHE FILEPATH "")
elseif(NOT CMAKE_CUDA_COMPILER AND EXISTS ${Torch_DIR}/../../../lib/libtorch_cuda.so)
  list(APPEND convoy_missing "nvcc of CUDA 13 (set CUDA_HOME, or run launch/setup.sh)")
endif()
set(CUDA_TOOLKIT_ROOT_DIR ${convoy_cuda} CACHE PATH "")
set(CUDAToolkit_ROOT ${convoy_cuda} CACHE PATH "")
if(NOT CMAKE_CUDA_STANDARD)
  set(CMAKE_CUDA_STANDARD 17)  # CMake 3.25 knows no CUDA 13 flag for C++20
endif()
if(NOT DEFINED ENV{TORCH_CUDA_ARCH_LIST} AND NOT DEFINED TORCH_CUDA_ARCH_LIST)
  # The wheel's own list, and PTX for what comes after. Without it LibTorch's CMake
  # would run a program to look for a GPU.
  set(TORCH_CUDA_ARCH_LIST "7.5;8.0;8.6;9.0;10.0;12.0+PTX")
endif()

if(NOT convoy_missing)
  find_package(Torch REQUIRED)
  if(TARGET caffe2::mkl)
    # Folders of a machine that LibTorch was built on; they would end up in programs.
    set_target_properties(caffe2::mkl PROPERTIES INTERFACE_LINK_DIRECTORIES "")
  endif()
  if(NOT TARGET convoy::torch)
    # LibTorch's headers are not ours to warn about.
    add_library(convoy::torch INTERFACE IMPORTED)
    target_include_directories(convoy::torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
    target_link_libraries(convoy::torch INTERFACE ${TORCH_LIBRARIES})
    # libtorch.so exports a std::filesystem of its own (from a newer GCC) whose
    # remove_all crashes when ours binds to it: the system's libstdc++ is searched first.
    target_link_options(convoy::torch INTERFACE
      -Wl,--push-state,--no-as-needed -lstdc++ -Wl,--pop-state)
  endif()
  if(TORCH_CUDA_LIBRARIES AND TARGET CUDA::cudart)
    # libtorch_cuda loads the NCCL of its own wheel: compile against that one's header.
    convoy_library(nccl nccl.h nccl ${convoy_wheels}/nvidia/nccl)
  endif()
endif()
