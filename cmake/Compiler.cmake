# How our own targets are compiled: C++20, warnings are errors, hardened, relocatable.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")

find_program(CCACHE ccache)
if(CCACHE)
  # What ccache asks for before it caches files with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_CUDA_COMPILER_LAUNCHER ${CCACHE})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()

# A program finds its LibTorch beside itself when both were copied, else where it was
# built. Beside itself is torch/lib or libtorch/lib next to the program, or next to the
# folder that holds it as convoy, convoy/bin/convoy or convoy/build/release/convoy; the
# wheel's NCCL and CUDA runtime lie in nvidia/ next to torch/. Programs in the build
# folder get the same list: CMake's own ends in an empty entry, which is the current
# folder, whatever lies there.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")
foreach(up "" "/.." "/../.." "/../../..")
  foreach(folder torch/lib libtorch/lib nvidia/nccl/lib nvidia/cu13/lib)
    list(APPEND CMAKE_INSTALL_RPATH "$ORIGIN${up}/${folder}")
  endforeach()
endforeach()
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)

add_library(convoy_flags INTERFACE)
if(CMAKE_UNITY_BUILD)  # then a State of a file's own types is not in the main file
  target_compile_options(convoy_flags INTERFACE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
endif()
target_compile_options(convoy_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wno-missing-field-initializers;-Wpedantic;-Wshadow;-Wnon-virtual-dtor;-Werror;-fstack-protector-strong>
  $<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>
  $<$<AND:$<CONFIG:Release>,$<COMPILE_LANGUAGE:CXX>>:-D_FORTIFY_SOURCE=2>)
target_include_directories(convoy_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_link_options(convoy_flags INTERFACE -Wl,-z,relro,-z,now)
if(CONVOY_SANITIZE)  # AddressSanitizer sees what null and object-size would
  set(sanitize -fsanitize=${CONVOY_SANITIZE} -fno-sanitize=null,vptr,object-size
    -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1)
  # A target with the property CONVOY_UNSANITIZED goes without.
  target_compile_options(convoy_flags INTERFACE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<BOOL:$<TARGET_PROPERTY:CONVOY_UNSANITIZED>>>>:${sanitize}>)
  target_link_options(convoy_flags INTERFACE -fsanitize=${CONVOY_SANITIZE})
endif()

# fmt 12, whose headers come with the wheel: Debian's fmt 9 would clash with them.
add_library(convoy_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt.cpp)
target_include_directories(convoy_fmt SYSTEM PUBLIC
  "$<BUILD_INTERFACE:${TORCH_INCLUDE_DIRS}>")

# Precompiled headers: ATen's are most of what a file of ours costs to compile. A file
# still includes what it uses; the debug preset compiles without them.
file(WRITE ${PROJECT_BINARY_DIR}/empty.cpp "")
add_library(convoy_pch OBJECT ${PROJECT_BINARY_DIR}/empty.cpp)
target_link_libraries(convoy_pch PRIVATE
  convoy_flags convoy::torch nlohmann_json::nlohmann_json)
set(convoy_headers <ATen/core/Tensor.h> <ATen/TensorOperators.h> <ATen/ops/empty.h>
  <ATen/ops/zeros.h> <fmt/format.h> <fmt/ranges.h> <algorithm> <filesystem> <fstream>
  <functional> <map> <memory> <nlohmann/json.hpp> <optional> <sstream> <string>
  <vector>)
target_precompile_headers(convoy_pch PRIVATE ${convoy_headers})

# convoy_sources(VARIABLE): the .cpp files from here down. What needs CUDA is chosen by
# file: x_cuda.cpp, or no_x.cpp in its place. Those are compiled alone where others are in
# groups, so that tests can put one in the place of the other.
function(convoy_sources result)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  set(cuda_parts ${sources})
  list(FILTER cuda_parts INCLUDE REGEX "_cuda\\.cpp$")
  set(cpu_twins ${sources})
  list(FILTER cpu_twins INCLUDE REGEX "/no_[a-z_]*\\.cpp$")
  set_source_files_properties(${cuda_parts} ${cpu_twins}
    PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  if(CONVOY_CUDA)
    list(REMOVE_ITEM sources ${cpu_twins})
  else()
    list(REMOVE_ITEM sources ${cuda_parts})
  endif()
  set(${result} ${sources} PARENT_SCOPE)
endfunction()
